//! Resources and modules that have another address than in an earlier version. Each becomes a `moved` block, without which
//! Terraform would destroy what stands there and make it anew.

use super::{Cloud, MOVES};

/// A renamed address.
#[derive(Debug)]
pub struct Move {
    /// The cloud in whose directories it was.
    pub cloud: Cloud,
    /// The version of tierform that renamed it.
    pub since: &'static str,
    /// The address before; `{cluster}` stands for each cluster's name, `{site}` for each site's.
    pub from: &'static str,
    /// The address since.
    pub to: &'static str,
}

/// The renamed addresses of a cloud, oldest first.
pub fn moves(cloud: Cloud) -> impl Iterator<Item = &'static Move> {
    MOVES.iter().filter(move |moved| moved.cloud == cloud)
}
