//! The clock of the machine jumps.
