//! What a change of the directory does to what is there.

mod applied;
mod aws;
mod departed;
mod edits;
mod gate;
mod gcp;
mod moved;
mod plans;
mod replaced;
mod review;
