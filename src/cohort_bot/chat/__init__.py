"""Chat as values, for every platform: places, messages, forms, invocations. Frozen values, no I/O."""
