//! What a change of the directory does to what is there.

mod moved;
mod replaced;
