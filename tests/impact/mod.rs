//! What a change of the directory does to what is there.

mod applied;
mod aws;
mod departed;
mod edits;
mod evaluated;
mod gate;
mod gcp;
mod judged;
mod moved;
mod plans;
mod promised;
mod replaced;
mod review;
