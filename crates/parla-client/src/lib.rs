//! A chat client without I/O.
