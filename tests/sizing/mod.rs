//! What sizing and plan make of a spec, and why.

mod clusters;
mod comparison;
mod cost;
mod every_tier;
mod explain;
mod figures;
mod figures_clouds;
mod load;
mod on_coderd;
mod overrides;
