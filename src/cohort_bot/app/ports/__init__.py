"""What the app needs from outside: chat platforms, a database, clocks, programmes. Other packages implement it."""
