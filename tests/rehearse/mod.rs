//! A simulated apply: what passes, what is found, and what cannot be rehearsed.

mod clouds;
mod clusters;
mod examples;
mod from;
mod grants;
mod isolation;
mod mutations;
mod parents;
mod promises;
mod refusals;
mod schemas;
mod tiers;
