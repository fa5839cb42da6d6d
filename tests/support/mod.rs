//! What several families share.

pub mod engines;
pub mod fixtures;
pub mod generated;
pub mod rehearsals;
pub mod simulation;
pub mod turns;
