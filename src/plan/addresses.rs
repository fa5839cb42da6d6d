//! Address ranges: one private network cut by fixed fractions, never by counts: a range that moved would replace the cluster
//! and the database's peering. The counts only decide whether everything fits.

use ipnet::Ipv4Net;
use serde::Serialize;

use super::ClusterPlan;
use crate::diagnostic::Diagnostic;
use crate::sizing::Figure;
use crate::spec::Spec;

/// The ranges of a deployment.
#[derive(Debug, Serialize)]
pub struct Addresses {
    /// All of them lie in it.
    pub cidr: Figure<String>,
    /// Cloud SQL's, given to Google's private services.
    pub database_cidr: String,
    /// coderd's subnet.
    pub coderd_cidr: String,
    /// The cluster's nodes and the provisioner hosts.
    pub nodes_cidr: Figure<String>,
    /// Pods.
    pub pods_cidr: Figure<String>,
    /// Kubernetes services.
    pub services_cidr: String,
    /// GKE's control plane: a /28.
    pub control_plane_cidr: String,
}

/// The network when the spec names none: room for a thousand nodes of 64 pods, always the same whatever the tier.
const DEFAULT: &str = "10.64.0.0/14";
/// Google's private services want a /24 for each region at least.
const DATABASE_PREFIX_MAX: u8 = 24;
/// Docker's own bridge: Cloud SQL cannot be reached from it (Cloud SQL "Requirements for using private IP").
const DOCKER: &str = "172.17.0.0/16";

/// Cuts the network of `spec` for that many machines.
///
/// # Errors
/// The user's network is too small for the counts, or overlaps a range that cannot be routed.
pub fn cut(spec: &Spec, cluster: &ClusterPlan, replicas: u32, zones: u32) -> Result<Addresses, Diagnostic> {
    let need = Need {
        // A pool's upgrade adds a node a zone, and so does the system pool's.
        nodes: cluster.nodes_max.value + 3 * zones,
        hosts: cluster.hosts.value,
        replicas,
        pods_a_node: (2 * cluster.max_pods.value).next_power_of_two(),
    };
    let (network, reason) = match &spec.network.cidr {
        Some(asked) => {
            let network = *asked.get_ref();
            let docker = DOCKER.parse::<Ipv4Net>();
            if docker.is_ok_and(|docker| docker.contains(&network) || network.contains(&docker)) {
                return Err(Diagnostic::at(
                    asked.span(),
                    format!("`network.cidr` {network} overlaps {DOCKER}"),
                )
                .note("that range is Docker's own bridge, from which Cloud SQL cannot be reached")
                .help(need.advice()));
            }
            if !need.fits(network) {
                return Err(Diagnostic::at(
                    asked.span(),
                    format!("`network.cidr` {network} is too small for {} nodes, {} hosts and {} coderd", need.nodes, need.hosts, need.replicas),
                )
                .note(format!(
                    "half of it is for pods: {} nodes at most × {} addresses; a quarter for nodes, services and the database",
                    need.nodes, need.pods_a_node
                ))
                .help(need.advice()));
            }
            (network, "network.cidr in coder.toml".to_owned())
        }
        None => {
            let default = DEFAULT.parse::<Ipv4Net>().ok().filter(|network| need.fits(*network));
            let Some(network) = default else {
                let span = spec
                    .workspaces
                    .nodes_max
                    .as_ref()
                    .map_or_else(|| spec.tier.span(), crate::spec::Spanned::span);
                return Err(Diagnostic::at(
                    span,
                    format!(
                        "{} nodes need more addresses than {DEFAULT}, the network taken unless named, has",
                        need.nodes
                    ),
                )
                .help(need.advice()));
            };
            (network, "private, with a quarter kept for growth".to_owned())
        }
    };
    let slice = |index: usize, prefix: u8| {
        network.subnets(prefix).ok().and_then(|mut all| all.nth(index)).map(|net| net.to_string())
    };
    let prefix = network.prefix_len();
    let cut = || -> Option<Addresses> {
        // The last /28 of the first sixteenth, far from coderd at its start.
        let control_plane = network.subnets(prefix + 4).ok()?.next()?.subnets(28).ok()?.last()?;
        Some(Addresses {
            cidr: Figure { value: network.to_string(), reason },
            coderd_cidr: slice(0, prefix + 8)?,
            control_plane_cidr: control_plane.to_string(),
            database_cidr: slice(1, prefix + 4)?,
            nodes_cidr: Figure {
                value: slice(2, prefix + 4)?,
                reason: format!("{} nodes at most, {} hosts", need.nodes, need.hosts),
            },
            services_cidr: slice(3, prefix + 4)?,
            pods_cidr: Figure {
                value: slice(1, prefix + 1)?,
                reason: format!("{} nodes at most × {} addresses", need.nodes, need.pods_a_node),
            },
        })
    };
    cut().ok_or_else(|| Diagnostic::nowhere(format!("the network {network} could not be cut")))
}

/// How many addresses each part takes.
struct Need {
    nodes: u32,
    hosts: u32,
    replicas: u32,
    pods_a_node: u32,
}

impl Need {
    /// Google keeps four addresses of every subnet.
    const RESERVED: u64 = 4;

    fn fits(&self, network: Ipv4Net) -> bool {
        let prefix = network.prefix_len();
        let room = |below: u8| 1u64 << (32 - u32::from((prefix + below).min(32)));
        let nodes = u64::from(self.nodes) + 2 * u64::from(self.hosts) + Self::RESERVED;
        prefix + 4 <= DATABASE_PREFIX_MAX
            && u64::from(self.nodes) * u64::from(self.pods_a_node) <= room(1)
            && nodes <= room(4)
            // While a new generation starts, the old one still runs.
            && 2 * u64::from(self.replicas) + Self::RESERVED <= room(8)
    }

    /// The smallest network that fits, as advice.
    fn advice(&self) -> String {
        let largest = std::net::Ipv4Addr::new(10, 0, 0, 0);
        let fitting = (8..=20)
            .rev()
            .filter_map(|prefix| Ipv4Net::new(largest, prefix).ok())
            .find(|network| self.fits(*network));
        match fitting {
            Some(network) => {
                format!("set network.cidr to a private /{0}, such as 10.0.0.0/{0}", network.prefix_len())
            }
            None => "no private network is large enough: use fewer or larger nodes".to_owned(),
        }
    }
}
