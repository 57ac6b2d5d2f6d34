//! The app on the desktop.

fn main() {}
