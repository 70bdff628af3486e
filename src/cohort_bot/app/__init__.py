"""What people can do, and what goes out by itself. Knows the ports, not what is behind them."""
