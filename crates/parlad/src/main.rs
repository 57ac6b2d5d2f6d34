//! The parla chat server: sockets, disk and signals around parla-server.

fn main() {}
