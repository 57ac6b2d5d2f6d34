//! An IRC server without I/O: a state machine of sessions and one network.
