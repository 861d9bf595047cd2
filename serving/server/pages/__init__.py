"""The pages of the service, and what their forms send."""
