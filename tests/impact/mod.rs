//! What a change of the directory does to what is there.

mod departed;
mod moved;
mod plans;
mod replaced;
mod review;
