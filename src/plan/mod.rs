//! The plan: sizing in one cloud's words. Machine types, disks, zones, address ranges, quotas and warnings, each figure with
//! its reason; the templates print it and decide nothing.

mod accounts;
mod addresses;
mod aws;
mod azure;
mod choose;
mod clusters;
mod databases;
mod density;
pub(crate) mod departed;
mod gcp;
mod machines;
mod places;
mod quotas;
mod sites;
mod types;

use std::ops::RangeInclusive;

pub use accounts::{Aws, Azure, Existing, Gcp};
pub use addresses::{Addresses, Cidrs};
pub use density::{Allocatable, Density};
pub use departed::Departed;
pub use quotas::Quota;
pub use types::{
    Access, Argument, ClusterPlan, CoderRelease, Coderd, Database, Machine, Moved, Plan, Requests, Site,
    State, TerraformRelease,
};

use indexmap::IndexMap;

use crate::catalog::releases::{self, Channel, Checksums, Known, Release};
use crate::catalog::{self, MachineType, Region};
use crate::diagnostic::Diagnostic;
use crate::record::Decided;
use crate::sizing::{Figure, Sizing, Warning, capacity};
use crate::spec::{Cloud, Spanned, Spec};
use choose::{Chooser, Wish, ZoneRules};
use density::NodeRules;
use sites::{Member, Networks};

/// What differs between the clouds, as a table.
struct CloudRules {
    /// Series for coderd, best first.
    general: &'static [&'static str],
    /// Series for provisioner hosts, best first.
    compute: &'static [&'static str],
    /// Series for nodes, best first.
    nodes: &'static [&'static str],
    /// Its zones.
    zones: ZoneRules,
    /// What to know of a machine of its own, one that is no node.
    beware: fn(&MachineType, &str) -> Option<Warning>,
    /// Its Kubernetes nodes.
    node: NodeRules,
    /// The managed database's size for a row, with the reason.
    database: fn(&Spec, &Sizing, &'static Region) -> Result<Figure<String>, Diagnostic>,
    /// Storage that the database may have, in GB.
    storage_gb: RangeInclusive<u32>,
    /// Days that daily backups may be kept.
    backup_days: RangeInclusive<u32>,
    /// Connections that it may admit.
    max_connections: RangeInclusive<u32>,
    /// Days back to any moment of which the database can be restored, at most.
    log_days: u32,
    /// How its network is cut.
    network: &'static addresses::Layout,
    /// What its quotas are called.
    quotas: &'static quotas::Names,
}

impl CloudRules {
    fn of(cloud: Cloud) -> &'static CloudRules {
        match cloud {
            Cloud::Gcp => &gcp::RULES,
            Cloud::Aws => &aws::RULES,
            Cloud::Azure => &azure::RULES,
        }
    }
}

/// Makes the plan of a sized spec.
///
/// # Errors
/// Every value that the catalog or the cloud refuses: an unknown region, zone or machine type, a machine too small for its
/// role, a family not sold there, an address range too small.
pub fn build(spec: &Spec, sizing: &Sizing, decided: &Decided) -> Result<Plan, Vec<Diagnostic>> {
    let home = places::home(spec)?;
    let places = places::of_clusters(spec, sizing, home)?;
    let (cloud, region) = (home.cloud, home.region);
    let rules = CloudRules::of(cloud);
    let mut choosers = places::choosers(spec, home, &places);

    let coderd_machine = choosers[0].choose(&Wish {
        key: "coderd.machine",
        asked: spec.coderd.machine.as_ref(),
        published: places::published(spec, sizing.coderd.published, cloud),
        chain: rules.general,
        vcpus: sizing.coderd.vcpus.value.into(),
        memory_gb: sizing.coderd.memory_gb.value.into(),
        need: capacity(&sizing.coderd.vcpus, &sizing.coderd.memory_gb),
        place: spec.coderd.vcpus.as_ref().or(spec.coderd.memory_gb.as_ref()).map(Spanned::span),
        arm: true,
    });
    let cluster_machines: Vec<_> = sizing
        .clusters
        .iter()
        .zip(&places)
        .map(|(cluster, place)| clusters::choose(spec, sizing, cluster, &mut choosers[place.chooser]))
        .collect();
    let database =
        (rules.database)(spec, sizing, region).map_err(|problem| choosers[0].problems.push(problem));
    choosers[0].problems.extend(databases::limits(spec, rules));
    let zones: Vec<_> = choosers.iter_mut().map(Chooser::zones).collect();
    let problems: Vec<Diagnostic> =
        choosers.iter_mut().flat_map(|chooser| std::mem::take(&mut chooser.problems)).collect();
    let zones: Option<Vec<_>> = zones.into_iter().collect();
    let cluster_machines: Option<Vec<_>> = cluster_machines.into_iter().collect();
    let (Some(coderd_machine), Some(cluster_machines), Ok(database), Some(mut zones), true) =
        (coderd_machine, cluster_machines, database, zones, problems.is_empty())
    else {
        return Err(problems);
    };

    let mut warnings = sizing.warnings.clone();
    if spec.burstable && row_prints_nothing(sizing) {
        warnings.push(Warning {
            code: "burstable_unused".into(),
            message: format!(
                "burstable = true changes nothing: tier {}, revision {} prints no machine types, so there are no t3 ones to take.",
                sizing.row.tier.as_str(),
                sizing.row.revision
            ),
        });
    }
    warnings.extend((rules.beware)(coderd_machine.0, "coderd"));
    if sizing.coderd.daemons.is_some() {
        warnings.extend(clusters::builds_on_arm(coderd_machine.0));
    }
    let installed = std::iter::once(&coderd_machine)
        .chain(cluster_machines.iter().filter_map(|machines| machines.host.as_ref()))
        .map(|(machine, _)| *machine);
    let mut problems = Vec::from_iter(one_package(spec, installed));
    let software = software(spec, &mut warnings).map_err(|problem| problems.push(problem));
    let parts = sizing.clusters.iter().zip(&places).zip(&cluster_machines);
    let mut planned: Vec<_> = parts
        .filter_map(|((cluster, place), machines)| {
            let zones = &zones[place.chooser];
            clusters::plan(cluster, place, machines, zones, &mut warnings)
                .map_err(|problem| problems.push(problem))
                .ok()
        })
        .collect();
    let Ok((coder, terraform)) = software else { return Err(problems) };
    if !problems.is_empty() {
        return Err(problems);
    }
    // Equal clusters have equal things to say.
    let mut said = Vec::new();
    warnings.retain(|warning| {
        !said.contains(warning) && {
            said.push(warning.clone());
            true
        }
    });
    warnings.extend(clusters::tag(&mut planned));
    let mut coderd = Coderd {
        replicas: sizing.coderd.replicas.clone(),
        machine: coderd_host(&coderd_machine, sizing.coderd.daemons.as_ref()),
        license: spec.license(),
        daemons: sizing.coderd.daemons.clone(),
        max_open_connections: Figure {
            value: releases::MAX_OPEN_CONNECTIONS,
            reason: "a replica; Coder's own deployment saturated 10 (coder/coder #21572)".to_owned(),
        },
    };
    let in_azure = planned.iter_mut().filter(|cluster| cluster.cloud == Cloud::Azure);
    for (name, host) in in_azure.filter_map(|cluster| Some((&cluster.name, cluster.host.as_mut()?))) {
        machines::keep_disk(host, decided.disks.get(&Some(name.clone())));
    }
    if cloud == Cloud::Azure {
        machines::keep_disk(&mut coderd.machine, decided.disks.get(&None));
    }
    let zone_count = zones[0].count;
    let quotas = quotas::tables(spec, home, zone_count, &coderd, &planned);
    let members = planned.into_iter().zip(&sizing.clusters).zip(&places);
    let members =
        members.map(|((plan, sized), place)| Member { plan, sized, place, zones: &zones[place.chooser] });
    let Networks { home: network, clusters, sites, placements } =
        sites::divide(spec, sizing, home, &coderd, zone_count, members.collect(), decided)?;
    let moves = moves(cloud, &clusters, &sites);

    let departed = departed::gone(decided, cloud, &sites);
    warnings.extend(departed::told(&departed));
    Ok(Plan {
        tier: sizing.row.tier.as_str().to_owned(),
        revision: sizing.row.revision,
        page: sizing.row.page.to_owned(),
        users: sizing.limits.users,
        cloud,
        region: region.name.to_owned(),
        place: region.place.to_owned(),
        zone_count,
        layout: spec.layout,
        directory: spec.output.as_ref().map_or("infra", |output| output.get_ref()).to_owned(),
        name: spec.name.get_ref().clone(),
        labels: by_key(spec.tags.iter().map(|(key, value)| (key.clone(), value.get_ref().clone()))),
        gcp: spec.gcp.as_ref().map(|gcp| Gcp::of(gcp, spec.network.existing.as_ref())),
        aws: spec.aws.as_ref().map(Aws::of),
        azure: spec.azure.as_ref().map(|azure| {
            Azure::of(spec, azure, &sizing.database.storage_gb, clusters.first(), decided.has_strict_zones)
        }),
        access: access(spec),
        network,
        existing: spec.network.existing.as_ref().map(Existing::of),
        coder,
        terraform,
        coderd,
        moves,
        clusters,
        sites,
        departed,
        database: databases::plan(spec, sizing, rules, database),
        state: state(spec),
        quotas,
        warnings,
        zones: zones.swap_remove(0).names,
        placements,
    })
}

/// coderd's boot disk. DERIVED.
const CODERD_DISK_GB: u32 = 30;

/// coderd's machine. Builds benefit from a fast disk, coderd does not (coder/coder `1k-users.md@0e3e292`).
fn coderd_host(chosen: &clusters::Chosen, daemons: Option<&Figure<u32>>) -> Machine {
    match daemons {
        None => machines::machine(
            chosen,
            false,
            CODERD_DISK_GB,
            "the system and the binary; coderd keeps its data in the database",
        ),
        Some(daemons) => {
            let (builds_gb, builds) = clusters::build_disk(daemons.value);
            machines::machine(
                chosen,
                true,
                CODERD_DISK_GB + builds_gb,
                &format!("{CODERD_DISK_GB} for coderd + {builds}"),
            )
        }
    }
}

fn state(spec: &Spec) -> State {
    let argument = |key: &String, value: &Spanned<String>| match spec.state.is_flag(key) {
        true => Argument::Flag(value.get_ref() == "true"),
        false => Argument::Text(value.get_ref().clone()),
    };
    State {
        backend: spec.state.backend,
        arguments: by_key(
            spec.state.arguments.iter().map(|(key, value)| (key.clone(), argument(key, value))),
        ),
    }
}

/// In one order, whatever that of the spec is: a spec whose lines change places is the same spec.
fn by_key<V>(entries: impl Iterator<Item = (String, V)>) -> IndexMap<String, V> {
    let mut entries: IndexMap<String, V> = entries.collect();
    entries.sort_unstable_keys();
    entries
}

fn access(spec: &Spec) -> Access {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.get_ref().clone());
    Access {
        hostname: spec.access.hostname.get_ref().clone(),
        wildcard: text(&spec.access.wildcard),
        dns_zone: text(&spec.access.dns_zone),
        certificate: text(&spec.access.certificate),
        allowed_cidrs: spec.network.allowed_cidrs.iter().map(|cidr| cidr.get_ref().to_string()).collect(),
        internal: spec.network.internal,
    }
}

/// The release of Coder, and the Terraform that its provisioner daemons take, with what there is to say of them.
///
/// # Errors
/// A release that is older than all that are looked after.
fn software(
    spec: &Spec,
    warnings: &mut Vec<Warning>,
) -> Result<(CoderRelease, TerraformRelease), Diagnostic> {
    let text = |value: &Option<Spanned<String>>| value.as_ref().map(|value| value.get_ref().clone());
    let version = match text(&spec.coder.version) {
        Some(value) => Figure { value, reason: "coder.version in coder.toml".to_owned() },
        None => Figure {
            value: releases::CODER_VERSION.to_owned(),
            reason: format!("the newest stable release of {}", releases::CODER_AS_OF),
        },
    };
    let name = |release: &Release| format!("{}.{}", release.minor.0, release.minor.1);
    let (release, how) = match releases::coder(&version.value) {
        Some(Known::Listed(release)) => {
            if release.channel == Channel::Unsupported {
                warnings.push(Warning {
                    code: "coder_not_supported".into(),
                    message: format!(
                        "Coder {} is not supported any more and gets no security fixes: `tierform releases` lists those that do.",
                        name(release)
                    ),
                });
            }
            let does = if release.bundles { "bundles" } else { "accepts" };
            (release, format!("what Coder {} {does}", name(release)))
        }
        Some(Known::Beyond(release)) => {
            warnings.push(Warning {
                code: "coder_not_listed".into(),
                message: format!(
                    "Coder {} is newer than this tierform's table, which ends at {}. Provisioner daemons get Terraform {}, which is \
                     right as long as that Coder bundles {} or newer; else each daemon downloads its own.",
                    version.value,
                    name(release),
                    release.terraform,
                    release.terraform
                ),
            });
            (release, format!("what Coder {} bundles, the newest that this tierform knows", name(release)))
        }
        Some(Known::Older(oldest)) => {
            let span = spec.coder.version.as_ref().map_or(0..0, Spanned::span);
            return Err(Diagnostic::at(
                span,
                format!(
                    "`coder.version` {} is older than Coder {}, the oldest that is supported",
                    version.value,
                    name(oldest)
                ),
            )
            .note("an older Coder gets no security fixes, and its provisioner daemons take another Terraform")
            .help(format!("write a release of {} or newer; `tierform releases` lists them", name(oldest))));
        }
        None => return Err(Diagnostic::nowhere(format!("{} is no release of Coder", version.value))),
    };
    let terraform = releases::terraform(release.terraform).ok_or_else(|| {
        Diagnostic::nowhere(format!("no checksum of Terraform {} is known", release.terraform))
    })?;
    let Checksums { amd64, arm64 } = terraform.sha256;
    let terraform = TerraformRelease {
        version: Figure {
            value: terraform.version.to_owned(),
            reason: format!("{how}; on PATH, so that no daemon downloads its own"),
        },
        sha256: Checksums { amd64: amd64.to_owned(), arm64: arm64.to_owned() },
    };
    let coder = CoderRelease { version, sha256: text(&spec.coder.sha256), mirror: text(&spec.coder.mirror) };
    Ok((coder, terraform))
}

/// A sha256 is that of one package, so the machines that install Coder must have one architecture then.
fn one_package(spec: &Spec, mut machines: impl Iterator<Item = &'static MachineType>) -> Option<Diagnostic> {
    let sha256 = spec.coder.sha256.as_ref()?;
    let first = machines.next()?;
    let other = machines.find(|machine| machine.arm != first.arm)?;
    let architecture = |machine: &MachineType| if machine.arm { "arm64" } else { "amd64" };
    Some(
        Diagnostic::at(
            sha256.span(),
            format!(
                "`coder.sha256` is that of one package, but {} machines install Coder for {} and {} machines for {}",
                first.name,
                architecture(first),
                other.name,
                architecture(other)
            ),
        )
        .help("leave it out, and the release's own checksum file decides; or choose machines of one architecture"),
    )
}

/// The addresses of a deployment that an earlier version called otherwise.
pub(crate) fn moves(home: Cloud, clusters: &[ClusterPlan], sites: &[Site]) -> Vec<Moved> {
    Moved::all(home, Cloud::ALL.into_iter().flat_map(catalog::moves), clusters, sites)
}

/// The quota tables of a plan some of whose figures were decided earlier; `None` where its region is not in the catalog any more.
pub(crate) fn quotas_of(spec: &Spec, plan: &Plan) -> Option<Vec<Quota>> {
    let home = places::Home { cloud: plan.cloud, region: catalog::region(plan.cloud, &plan.region)? };
    let clusters: Vec<_> = plan.all_clusters().cloned().collect();
    Some(quotas::tables(spec, home, plan.zone_count, &plan.coderd, &clusters))
}

/// Whether the tier's page names no machine types at all.
fn row_prints_nothing(sizing: &Sizing) -> bool {
    sizing.row.coderd.published.is_none()
        && sizing.row.provisioners.published.is_none()
        && sizing.row.nodes.is_none()
        && sizing.row.database.published.is_none()
}
