//! What the README's two commands run.

fn main() {}
