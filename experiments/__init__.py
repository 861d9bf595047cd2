"""Around many runs: run configs, listing, showing, promoting."""
