"""What people can do: one file a command, named as the command. No feature imports another."""
