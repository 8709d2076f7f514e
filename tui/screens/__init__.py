"""What an officer sees, one module a screen."""
