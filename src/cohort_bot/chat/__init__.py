"""What is said, whatever it is said on: places, messages, forms, invocations. Frozen values, no I/O."""
