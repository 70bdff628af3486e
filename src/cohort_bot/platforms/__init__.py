"""Where people talk: one package a platform, and none knows another."""
