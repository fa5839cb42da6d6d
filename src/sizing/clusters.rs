//! The clusters: each one's share of daemons and workspaces, whole ones, none lost.

use super::provisioners::Daemons;
use super::{Cluster, Figure, Request};
use crate::catalog::TierRow;
use crate::diagnostic::Diagnostic;
use crate::spec::{self, Spec};

/// What a workspace asks for unless the spec says otherwise: revision 1's own figures (16 on 8 vCPU, 2 GB a user).
const WORKSPACE: Request = Request { vcpus: 0.5, memory_gb: 2.0 };

/// Divides the load among the clusters.
///
/// # Errors
/// A share that rounds to no daemon or to no workspace.
pub(super) fn divide(
    spec: &Spec,
    row: &'static TierRow,
    running: &Figure<u32>,
    daemons: &Daemons,
) -> Result<Vec<Cluster>, Vec<Diagnostic>> {
    let shares: Vec<f64> = spec.clusters.iter().map(|cluster| *cluster.share.get_ref()).collect();
    let workspaces = running.value;
    let (of_daemons, of_workspaces) =
        (largest_remainder(daemons.count.value, &shares), largest_remainder(workspaces, &shares));
    let parts = of_daemons.iter().zip(&of_workspaces);
    let nothing = spec.clusters.iter().zip(parts).filter_map(|(cluster, (daemons_here, workspaces_here))| {
        let (of, what) = match (daemons_here, workspaces_here) {
            (0, _) if daemons.on_hosts() => (daemons.count.value, "provisioner daemon"),
            (_, 0) => (workspaces, "workspace"),
            _ => return None,
        };
        let (share, name) = (plain_share(*cluster.share.get_ref()), cluster.name.get_ref());
        Some(
            Diagnostic::at(
                cluster.share.span(),
                format!("`clusters.share` {share} leaves \"{name}\" no {what}"),
            )
            .note(format!("the deployment has {of}, and they are divided by share"))
            .help("raise the share, leave the cluster out, or raise provisioners.count"),
        )
    });
    let nothing: Vec<Diagnostic> = nothing.collect();
    if !nothing.is_empty() {
        return Err(nothing);
    }
    let is_one = spec.clusters.len() == 1;
    let part = |cluster: &spec::Cluster, value: u32, of: u32, reason: &str| Figure {
        value,
        reason: match is_one {
            true => reason.to_owned(),
            false => format!("{} of {of}: {reason}", plain_share(*cluster.share.get_ref())),
        },
    };
    let parts = of_daemons.into_iter().zip(of_workspaces);
    Ok(spec
        .clusters
        .iter()
        .zip(parts)
        .map(|(cluster, (daemons_here, workspaces_here))| {
            let provisioners = part(cluster, daemons_here, daemons.count.value, &daemons.count.reason);
            let running = part(cluster, workspaces_here, workspaces, &running.reason);
            size_cluster(cluster, row, running, provisioners, daemons)
        })
        .collect())
}

/// Divides whole things by share so that all of them are given away: everyone gets the whole part of theirs, and what is left goes
/// to the largest remainders, the earlier one where two are equal.
fn largest_remainder(total: u32, shares: &[f64]) -> Vec<u32> {
    let sum: f64 = shares.iter().sum();
    let exact = |share: &f64| f64::from(total) * share / sum;
    // A whole number may come out a hair too small.
    let whole = |share: &f64| (exact(share) + 1e-9).floor();
    let mut parts: Vec<u32> = shares.iter().map(|share| whole(share) as u32).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let remainder = |at: &usize| exact(&shares[*at]) - whole(&shares[*at]);
    order.sort_by(|a, b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(b)));
    let left = total.saturating_sub(parts.iter().sum());
    for at in order.into_iter().cycle().take(left as usize) {
        parts[at] += 1;
    }
    parts
}

/// A share as it is written: three decimals at most.
fn plain_share(share: f64) -> String {
    let text = format!("{share:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn size_cluster(
    cluster: &spec::Cluster,
    row: &'static TierRow,
    running_workspaces: Figure<u32>,
    provisioners: Figure<u32>,
    daemons: &Daemons,
) -> Cluster {
    let keys = cluster.workspaces.clone();
    let request = Request {
        vcpus: keys.vcpus.as_ref().map_or(WORKSPACE.vcpus, |v| *v.get_ref()),
        memory_gb: keys.memory_gb.as_ref().map_or(WORKSPACE.memory_gb, |v| *v.get_ref()),
    };
    let node = row.nodes.as_ref();
    let is_all = running_workspaces.value == row.limits.running_workspaces;
    Cluster {
        name: cluster.name.get_ref().clone(),
        cloud: *cluster.cloud.get_ref(),
        region: cluster.region.clone(),
        cidr: cluster.cidr.clone(),
        share: *cluster.share.get_ref(),
        is_all,
        hosts: daemons.hosts(&provisioners),
        provisioners,
        request,
        request_is_asked: keys.vcpus.is_some() || keys.memory_gb.is_some(),
        keys,
        // Revision 2 has no node row: nodes keep revision 1's size.
        node_vcpus: node.map_or(8, |node| node.vcpus),
        node_memory_gb: node.map_or(32, |node| node.memory_gb),
        // Of nodes that are divided each cluster takes as many as its own workspaces fill.
        table: node.map(|node| match is_all {
            true => (node.nodes, node.per_node),
            false => (running_workspaces.value.div_ceil(node.per_node), node.per_node),
        }),
        published: node.map(|node| node.published),
        running_workspaces,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_the_largest_remainders_come_first() {
        assert_eq!(largest_remainder(60, &[1.0]), [60]);
        assert_eq!(largest_remainder(60, &[0.5, 0.3, 0.2]), [30, 18, 12]);
        assert_eq!(largest_remainder(10, &[0.34, 0.33, 0.33]), [4, 3, 3]);
        assert_eq!(largest_remainder(100, &[0.333, 0.333, 0.333]), [34, 33, 33]);
        assert_eq!(largest_remainder(1, &[0.4, 0.6]), [0, 1]);
        assert_eq!(largest_remainder(10, &[0.7, 0.3]), [7, 3], "seven tenths of ten are seven");
    }
}
