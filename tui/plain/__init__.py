"""The workstation line by line, for readers of screens, serial consoles and terminals that can't draw."""
