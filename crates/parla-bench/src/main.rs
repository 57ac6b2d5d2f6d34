//! The load generator, the bare loop it is measured against, and the benchmarks.

fn main() {}
