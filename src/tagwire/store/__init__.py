"""What is remembered: one database behind `tagwire.store.store.Store`."""
