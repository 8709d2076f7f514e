"""The law and the desk's rules: pure functions over frozen values."""
