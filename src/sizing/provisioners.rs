//! The provisioner daemons: how many, how they are stacked on hosts, and what a host must have for that.

use super::{Cluster, Figure, Warning, figure, plain};
use crate::catalog::{Density, Published, TierRow};
use crate::spec::Spec;

/// vCPUs that the operating system of a provisioner host keeps for itself. DERIVED: the tier pages ask for "commensurate"
/// machines; one vCPU and one GB let 15 daemons stand on 16/16 and 30 on 32/32.
const SYSTEM_VCPUS: f64 = 1.0;
/// GB of memory that the operating system of a provisioner host keeps for itself.
const SYSTEM_MEMORY_GB: f64 = 1.0;
/// vCPUs below which a daemon on a busy host waits: the median that Coder measured for one build
/// (coder/coder `scale-testing.md@0e3e292`).
const MEDIAN_BUILD_VCPUS: f64 = 0.35;

/// The provisioner daemons.
#[derive(Debug)]
pub struct Provisioners {
    /// Daemons that the tier asks for.
    pub count: Figure<u32>,
    /// Daemons on a host, or on a coderd that runs them, at most: `count` spread evenly, never above the row's stacking.
    pub per_host: u32,
    /// Hosts in all.
    pub hosts: u32,
    /// What each daemon needs, vCPUs and GB; `None` where the row states the host.
    pub each: Option<(f64, f64)>,
    /// vCPUs of a host without the system's share.
    pub host_vcpus: f64,
    /// Memory in GB of a host without the system's share.
    pub host_memory_gb: f64,
    /// The machine that the page prints for such a host; `None` when the row was overridden.
    pub published: Option<Published>,
}

/// The provisioner hosts beside a cluster.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// How many.
    pub count: Figure<u32>,
    /// Daemons on each: the cluster's, spread evenly.
    pub per_host: Figure<u32>,
    /// What a host's machine must have, system's share included: vCPUs and GB, and why.
    pub need: Figure<(f64, f64)>,
}

/// The daemons before they are spread over hosts.
pub(super) struct Daemons {
    /// How many.
    pub count: Figure<u32>,
    /// How many a host may carry; `None` where there are no hosts.
    stacking: Option<Figure<u32>>,
    /// vCPUs and GB of each; `None` where the row states the host.
    each: Option<(f64, f64)>,
    /// vCPUs and GB of the host that the row states, and why.
    host: Option<Figure<(f64, f64)>>,
    published: Option<Published>,
}

impl Daemons {
    /// The row's daemons and the user's own figures for them.
    pub(super) fn size(spec: &Spec, row: &TierRow, from_row: &str, warnings: &mut Vec<Warning>) -> Daemons {
        let keys = &spec.provisioners;
        let count = figure(keys.count.as_ref(), "provisioners.count", row.provisioners.count, from_row);
        let stacking =
            figure(keys.per_host.as_ref(), "provisioners.per_host", row.provisioners.per_host, from_row);
        let asked_each = keys.vcpus_each.is_some() || keys.memory_gb_each.is_some();
        let (each, host) = match row.provisioners.density {
            Density::PerHost(host) if !asked_each => {
                let reason = format!("{} vCPU / {} GB a host: {from_row}", host.vcpus, host.memory_gb);
                (None, Some(Figure { value: (host.vcpus.into(), host.memory_gb.into()), reason }))
            }
            density => {
                // A row that states the host says nothing of a daemon, so its share of that host stands in for it.
                let (vcpus, memory_gb) = match density {
                    Density::PerDaemon(each) => (f64::from(each.vcpus), f64::from(each.memory_gb)),
                    Density::PerHost(host) => {
                        let daemons = f64::from(row.provisioners.per_host);
                        (f64::from(host.vcpus) / daemons, f64::from(host.memory_gb) / daemons)
                    }
                };
                let vcpus = keys.vcpus_each.as_ref().map_or(vcpus, |each| *each.get_ref());
                let memory_gb = keys.memory_gb_each.as_ref().map_or(memory_gb, |each| *each.get_ref());
                (Some((vcpus, memory_gb)), None)
            }
        };
        if count.value < row.provisioners.count {
            warnings.push(Warning {
                code: "below_row".into(),
                message: format!(
                    "{} provisioner daemons build as many workspaces at once; {from_row} has {}.",
                    count.value, row.provisioners.count
                ),
            });
        }
        let stacking = Some(stacking);
        Daemons { count, stacking, each, host, published: row.provisioners.published.filter(|_| !asked_each) }
    }

    /// Daemons that coderd runs itself.
    pub(super) fn without_hosts(count: Figure<u32>) -> Daemons {
        Daemons { count, stacking: None, each: None, host: None, published: None }
    }

    /// Whether hosts run them.
    pub(super) fn on_hosts(&self) -> bool {
        self.stacking.is_some()
    }

    /// The hosts for so many of them.
    pub(super) fn hosts(&self, daemons: &Figure<u32>) -> Hosts {
        let Some(stacking) = &self.stacking else {
            let none = || Figure { value: 0, reason: "coderd runs the builds".to_owned() };
            return Hosts {
                count: none(),
                per_host: none(),
                need: Figure { value: (0.0, 0.0), reason: none().reason },
            };
        };
        let hosts = daemons.value.div_ceil(stacking.value);
        let per_host = daemons.value.div_ceil(hosts.max(1));
        let reason = if daemons.reason == stacking.reason {
            format!("{} daemons, at most {} a host: {}", daemons.value, stacking.value, daemons.reason)
        } else {
            format!(
                "{} daemons ({}), at most {} a host ({})",
                daemons.value, daemons.reason, stacking.value, stacking.reason
            )
        };
        Hosts {
            count: Figure { value: hosts, reason },
            per_host: Figure {
                value: per_host,
                reason: format!("{} daemons spread evenly over {hosts}", daemons.value),
            },
            need: self.need(per_host),
        }
    }

    /// What the machine of a host with so many daemons must have.
    fn need(&self, per_host: u32) -> Figure<(f64, f64)> {
        if let Some(host) = &self.host {
            return host.clone();
        }
        let (vcpus, memory_gb) = self.each.unwrap_or_default();
        let daemons = f64::from(per_host);
        Figure {
            value: (daemons * vcpus + SYSTEM_VCPUS, daemons * memory_gb + SYSTEM_MEMORY_GB),
            reason: format!(
                "{per_host} daemons × {} vCPU / {} GB + {SYSTEM_VCPUS} / {SYSTEM_MEMORY_GB} for the system",
                plain(vcpus),
                plain(memory_gb)
            ),
        }
    }

    /// All of them, spread over the hosts of those clusters.
    pub(super) fn over(self, clusters: &[Cluster], warnings: &mut Vec<Warning>) -> Provisioners {
        let hosts = clusters.iter().map(|cluster| cluster.hosts.count.value).sum();
        let per_host = clusters.iter().map(|cluster| cluster.hosts.per_host.value).max().unwrap_or_default();
        let daemons = f64::from(per_host);
        let (host_vcpus, host_memory_gb) = match (&self.host, self.each) {
            (Some(host), _) => host.value,
            (None, each) => {
                let (vcpus, memory_gb) = each.unwrap_or_default();
                (daemons * vcpus, daemons * memory_gb)
            }
        };
        if hosts > 0 && host_vcpus / daemons < MEDIAN_BUILD_VCPUS {
            warnings.push(Warning {
                code: "provisioner_host_below_median".into(),
                message: format!(
                    "{per_host} daemons share {} vCPUs, {:.2} each, when all build at once; Coder measured a median of \
                     {MEDIAN_BUILD_VCPUS} vCPU a build. Builds take longer under full load; lower provisioners.per_host or \
                     set provisioners.vcpus_each to change it.",
                    plain(host_vcpus),
                    host_vcpus / daemons
                ),
            });
        }
        let Daemons { count, each, published, .. } = self;
        Provisioners { count, per_host, hosts, each, host_vcpus, host_memory_gb, published }
    }
}
