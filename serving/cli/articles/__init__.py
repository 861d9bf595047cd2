"""The command `articles`, and the options of all commands that read articles."""
