//! The keys of `coder.toml`: one entry each, with its type, its range and the words that explain it.
//! Reading, suggestions and messages derive from these lists; nothing else knows which keys there are.

use super::key::{Key, Kind};
use super::{Cloud, access, address, clouds, names, networks};

// Upper bounds without a source are the largest figures that a deployment could sensibly state; they keep a slip of the
// finger (or a hostile file) from reaching the arithmetic. Whether a cloud sells that size is the plan's question.
const VCPUS: Kind = Kind::Whole(1, 1024);
const MEMORY_GB: Kind = Kind::Whole(1, 32_768);

/// One of the clouds.
const CLOUD: Kind = Kind::Choice(&["gcp", "aws", "azure"]);

/// The top of the file.
pub(super) static ROOT: &[Key] = &[
    Key::new("name", Kind::Text(names::deployment), "the prefix of every resource's name")
        .required("name = \"acme-coder\""),
    Key::new(
        "tier",
        Kind::Choice(&["1k", "2k", "3k", "10k"]),
        "the reference-architecture tier, by its number of users; without it, the smallest that holds `[load]`",
    )
    .required("tier = \"1k\""),
    Key::new("tier_revision", Kind::Whole(1, 2), "the edition of the tier's published page: 1 or 2").or_computed("2"),
    Key::new(
        "cloud",
        CLOUD,
        "the cloud that everything runs in, but for clusters that name another",
    )
    .required("cloud = \"gcp\""),
    Key::new("region", Kind::CloudText(clouds::region), "the cloud's region of the control plane")
        .required("region = \"us-central1\""),
    Key::new("license", Kind::Choice(&["premium", "community"]), "the Coder licence").or("\"premium\""),
    Key::new(
        "machines",
        Kind::Choice(&["published", "current"]),
        "whether machine types are those that the tier's page prints or today's of the same size",
    ).or("\"published\""),
    Key::new(
        "burstable",
        Kind::Flag,
        "whether the burstable AWS machines (t3) that a tier's page prints are taken",
    ).or("false"),
    Key::new(
        "layout",
        Kind::Choice(&["root", "module"]),
        "whether the directory is a root module or a child module",
    ).or("\"root\""),
    Key::new("output", Kind::Text(names::output), "the directory to generate, relative to the spec").or("\"infra\""),
    Key::new("tags", Kind::Tags, "labels that every resource carries"),
    Key::new("load", Kind::Table(LOAD), "what the deployment has to hold"),
    Key::new("access", Kind::Table(ACCESS), "how users reach coderd"),
    Key::new("coder", Kind::Table(CODER), "the release that the machines install"),
    Key::new("coderd", Kind::Table(CODERD), "overrides of the control plane's row"),
    Key::new("provisioners", Kind::Table(PROVISIONERS), "overrides of the provisioner row"),
    Key::new("workspaces", Kind::Table(WORKSPACES), "what a workspace asks for, and its nodes"),
    Key::new("clusters", Kind::Entries(CLUSTERS), "Kubernetes clusters for workspaces; one beside coderd if absent"),
    Key::new("database", Kind::Table(DATABASE), "overrides of the database row"),
    Key::new("network", Kind::Table(NETWORK), "addresses, zones and who may come in"),
    Key::new("state", Kind::State, "where Terraform keeps its state"),
    Key::new("gcp", Kind::Table(GCP), "what only Google Cloud needs"),
    Key::new("aws", Kind::Table(AWS), "what only AWS needs"),
    Key::new("azure", Kind::Table(AZURE), "what only Azure needs"),
];

static LOAD: &[Key] = &[
    Key::new("users", Kind::Whole(1, 1_000_000), "users in all, signed in or not").or_nothing("800"),
    Key::new("concurrent_builds", Kind::Whole(1, 1_000_000), "workspace builds at the same time")
        .or_nothing("40"),
    Key::new("running_workspaces", Kind::Whole(1, 1_000_000), "workspaces that run at the same time")
        .or_nothing("400"),
    Key::new("builds_per_day", Kind::Whole(1, 1_000_000), "workspace builds a day").or_nothing("300"),
    Key::new("api_rps", Kind::Whole(1, 1_000_000), "API requests a second").or_nothing("200"),
];

static ACCESS: &[Key] = &[
    Key::new("url", Kind::Text(access::url), "the access URL: https and a host name")
        .required("url = \"https://coder.example.com\""),
    Key::new("wildcard", Kind::Text(access::wildcard), "the wildcard of workspace applications")
        .or_nothing("\"*.coder.example.com\""),
    Key::new("dns_zone", Kind::CloudText(clouds::dns_zone), "the managed DNS zone that records are made in"),
    Key::new("certificate", Kind::CloudText(clouds::certificate), "an existing certificate"),
];

static CODER: &[Key] = &[
    Key::new("version", Kind::Text(names::version), "the Coder release").or_computed("\"2.36.6\""),
    Key::new(
        "sha256",
        Kind::Text(names::sha256),
        "the sha256 of that release's .deb for linux, of the machines' architecture",
    )
    .or_nothing("\"0000000000000000000000000000000000000000000000000000000000000000\""),
    Key::new("mirror", Kind::Text(access::mirror), "an https URL that serves what the release page serves")
        .or_nothing("\"https://mirror.example.com/coder\""),
];

static CODERD: &[Key] = &[
    Key::new("replicas", Kind::Whole(1, 100), "the number of coderd machines").or_computed("3"),
    Key::new("vcpus", VCPUS, "vCPUs of a coderd machine").or_computed("2"),
    Key::new("memory_gb", MEMORY_GB, "GB of memory of a coderd machine").or_computed("8"),
    Key::new("machine", Kind::Text(names::machine), "the machine type of coderd")
        .or_computed("\"n4-standard-2\""),
];

static PROVISIONERS: &[Key] = &[
    Key::new(
        "count",
        Kind::Whole(1, 10_000),
        "provisioner daemons in all, as many as builds at the same time",
    )
    .or_computed("60"),
    Key::new(
        "per_host",
        Kind::Whole(1, 30),
        "provisioner daemons on one host; the tier pages stack no more than 30",
    )
    .or_computed("30"),
    Key::new("vcpus_each", Kind::Number(64.0), "vCPUs for one provisioner daemon").or_computed("1"),
    Key::new("memory_gb_each", Kind::Number(1024.0), "GB of memory for one provisioner daemon")
        .or_computed("1"),
    Key::new("machine", Kind::Text(names::machine), "the machine type of provisioner hosts")
        .or_computed("\"n4-highcpu-32\""),
    Key::new("on_coderd", Kind::Flag, "whether coderd runs the provisioner daemons").or("false"),
];

static WORKSPACES: &[Key] = &[
    Key::new("vcpus", Kind::Number(256.0), "vCPUs that a workspace requests").or_computed("0.5"),
    Key::new("memory_gb", Kind::Number(4096.0), "GB of memory that a workspace requests").or_computed("2"),
    Key::new("volume_gb", Kind::Whole(0, 65_536), "GB of a workspace's persistent volume; 0 means none")
        .or("10"),
    Key::new(
        "per_node",
        Kind::Whole(1, 256),
        "workspaces on one node; Kubernetes nodes carry 256 pods at most",
    )
    .or_computed("14"),
    Key::new("nodes_min", Kind::Whole(1, 15_000), "nodes that are always there").or_computed("3"),
    Key::new("nodes_max", Kind::Whole(1, 15_000), "nodes at most").or_computed("43"),
    Key::new("machine", Kind::Text(names::machine), "the machine type of the nodes")
        .or_computed("\"n4-standard-8\""),
    Key::new(
        "arm",
        Kind::Flag,
        "whether the nodes may have ARM processors, for which every workspace image must then be built",
    )
    .or("false"),
];

/// `[[clusters]]`: what a cluster is, and whatever of `[workspaces]` it has otherwise.
pub(super) static CLUSTERS: &[Key] = &[
    Key::new("name", Kind::Text(names::cluster), "the cluster's name, a part of its resources' names")
        .required("name = \"eu\""),
    Key::new(
        "share",
        Kind::Number(1.0),
        "the part of the load that the cluster carries; all shares sum to 1",
    )
    .or_nothing("0.4"),
    Key::new("cloud", CLOUD, "the cloud that the cluster runs in; the spec's if absent")
        .or_nothing("\"aws\""),
    Key::new(
        "region",
        Kind::CloudText(clouds::region),
        "the region that the cluster runs in; the spec's if absent",
    ),
    Key::new(
        "cidr",
        Kind::Text(address::private),
        "the private range from which the subnets of a cluster with a network of its own are cut",
    )
    .or_nothing("\"10.80.0.0/14\""),
    Key::new("vcpus", Kind::Number(256.0), "vCPUs that a workspace requests").or_nothing("0.5"),
    Key::new("memory_gb", Kind::Number(4096.0), "GB of memory that a workspace requests").or_nothing("2"),
    Key::new("volume_gb", Kind::Whole(0, 65_536), "GB of a workspace's persistent volume; 0 means none")
        .or_nothing("10"),
    Key::new(
        "per_node",
        Kind::Whole(1, 256),
        "workspaces on one node; Kubernetes nodes carry 256 pods at most",
    )
    .or_nothing("14"),
    Key::new("nodes_min", Kind::Whole(1, 15_000), "nodes that are always there").or_nothing("3"),
    Key::new("nodes_max", Kind::Whole(1, 15_000), "nodes at most").or_nothing("43"),
    Key::new("machine", Kind::Text(names::machine), "the machine type of the nodes")
        .or_nothing("\"n4-standard-8\""),
    Key::new(
        "arm",
        Kind::Flag,
        "whether the nodes may have ARM processors, for which every workspace image must then be built",
    )
    .or_nothing("false"),
];

static DATABASE: &[Key] = &[
    Key::new("vcpus", VCPUS, "vCPUs of the database").or_computed("8"),
    Key::new("memory_gb", MEMORY_GB, "GB of memory of the database").or_computed("30"),
    Key::new("storage_gb", Kind::Whole(10, 65_536), "GB of database storage").or_computed("512"),
    Key::new("machine", Kind::Text(names::machine), "the managed database's machine or tier name")
        .or_computed("\"db-custom-8-30720\""),
    Key::new("version", Kind::Whole(13, 18), "the PostgreSQL major version; Coder needs 13 or newer")
        .or_computed("17"),
    Key::new("high_availability", Kind::Flag, "whether a standby waits in another zone").or_computed("false"),
    Key::new("backup_days", Kind::Whole(1, 365), "daily backups that are kept").or_computed("14"),
    Key::new("max_connections", Kind::Whole(50, 262_143), "connections that PostgreSQL accepts")
        .or_computed("230"),
];

static NETWORK: &[Key] = &[
    Key::new("cidr", Kind::Text(address::private), "the private range from which every subnet is cut")
        .or_computed("\"10.64.0.0/14\""),
    Key::new("zones", Kind::CloudList(clouds::zone), "the region's zones that machines are spread over"),
    Key::new("internal", Kind::Flag, "whether coderd has no public address").or("false"),
    Key::new(
        "allowed_cidrs",
        Kind::List(address::allowed),
        "who may reach the access URL; everyone if absent",
    )
    .or_nothing("[\"203.0.113.0/24\"]"),
    Key::new("existing", Kind::Existing, "your own network and subnets"),
];

/// `[network.existing]`, each cloud's own.
pub(super) const fn existing(cloud: Cloud) -> &'static [Key] {
    match cloud {
        Cloud::Gcp => EXISTING_GCP,
        Cloud::Aws => EXISTING_AWS,
        Cloud::Azure => EXISTING_AZURE,
    }
}

static EXISTING_GCP: &[Key] = &[
    Key::new("id", Kind::Text(networks::network), "the VPC's id, in the host project where it is shared")
        .required("id = \"projects/acme-net/global/networks/acme\""),
    Key::new("coderd", Kind::Text(networks::google_subnet), "the name of coderd's subnet")
        .required("coderd = \"coderd\""),
    Key::new(
        "nodes",
        Kind::Text(networks::google_subnet),
        "the name of the subnet of nodes and provisioner hosts",
    )
    .required("nodes = \"workspaces\""),
    Key::new(
        "pods",
        Kind::Text(networks::secondary_range),
        "the name of that subnet's secondary range for pods",
    )
    .required("pods = \"pods\""),
    Key::new(
        "services",
        Kind::Text(networks::secondary_range),
        "the name of that subnet's secondary range for Kubernetes services",
    )
    .required("services = \"services\""),
    Key::new(
        "proxies",
        Kind::Text(networks::google_subnet),
        "the name of the region's proxy-only subnet, for an internal load balancer",
    )
    .or_nothing("\"proxies\""),
    Key::new("private_services", Kind::Flag, "whether the VPC has private service access already")
        .or_nothing("true"),
    Key::new("nat_addresses", Kind::List(address::public), "the public addresses that the subnets go out by")
        .or_nothing("[\"203.0.113.10\"]"),
];

static EXISTING_AWS: &[Key] = &[
    Key::new("id", Kind::Text(networks::vpc), "the VPC's id").required("id = \"vpc-0a1b2c3d4e5f60718\""),
    Key::new("public", Kind::List(networks::subnet), "ids of the balancer's subnets, one a zone")
        .or_nothing("[\"subnet-0a1b2c3d4e5f60718\", \"subnet-0a1b2c3d4e5f60719\"]"),
    Key::new(
        "machines",
        Kind::List(networks::subnet),
        "ids of coderd's and the provisioner hosts' subnets, one a zone",
    )
    .required("machines = [\"subnet-0a1b2c3d4e5f60718\", \"subnet-…\"]"),
    Key::new("nodes", Kind::List(networks::subnet), "ids of the nodes' subnets, one a zone")
        .required("nodes = [\"subnet-0a1b2c3d4e5f60718\", \"subnet-…\"]"),
    Key::new("database", Kind::List(networks::subnet), "ids of the database's subnets, one a zone")
        .required("database = [\"subnet-0a1b2c3d4e5f60718\", \"subnet-…\"]"),
    Key::new("nat_addresses", Kind::List(address::public), "the public addresses that the subnets go out by")
        .or_nothing("[\"203.0.113.10\"]"),
];

static EXISTING_AZURE: &[Key] = &[
    Key::new("id", Kind::Text(networks::vnet), "the VNet's resource id")
        .required("id = \"/subscriptions/…/virtualNetworks/acme\""),
    Key::new(
        "gateway",
        Kind::Text(networks::subnet_name),
        "the name of the Application Gateway's subnet, which is delegated to it",
    )
    .required("gateway = \"gateway\""),
    Key::new("coderd", Kind::Text(networks::subnet_name), "the name of coderd's subnet")
        .required("coderd = \"coderd\""),
    Key::new(
        "database",
        Kind::Text(networks::subnet_name),
        "the name of the subnet that is delegated to PostgreSQL",
    )
    .required("database = \"database\""),
    Key::new("nodes", Kind::Text(networks::subnet_name), "the name of the nodes' subnet")
        .required("nodes = \"nodes\""),
    Key::new("provisioners", Kind::Text(networks::subnet_name), "the name of the provisioner hosts' subnet")
        .required("provisioners = \"provisioners\""),
    Key::new("nat_addresses", Kind::List(address::public), "the public addresses that the subnets go out by")
        .or_nothing("[\"203.0.113.10\"]"),
];

static AWS: &[Key] = &[
    Key::new("account_id", Kind::Text(clouds::account), "the one account that may be applied to")
        .or_nothing("\"123456789012\""),
    Key::new("profile", Kind::Text(clouds::profile), "the profile of the shared configuration files")
        .or_nothing("\"acme-prod\""),
    Key::new(
        "admins",
        Kind::List(clouds::principal),
        "ARNs of IAM roles and users that administer the clusters",
    )
    .or_nothing("[\"arn:aws:iam::123456789012:role/platform\"]"),
    Key::new(
        "api_cidrs",
        Kind::List(address::allowed),
        "public ranges that reach the clusters' API; nobody if absent",
    )
    .or_nothing("[\"203.0.113.0/24\"]"),
    Key::new("nat_per_zone", Kind::Flag, "whether every zone has a NAT gateway of its own").or("false"),
];

/// `[azure]`, demanded when `cloud = "azure"`.
pub(super) static AZURE: &[Key] = &[
    Key::new("subscription_id", Kind::Text(clouds::uuid), "the subscription's id")
        .required("subscription_id = \"11111111-2222-3333-4444-555555555555\""),
    Key::new(
        "runner_cidrs",
        Kind::List(address::public_range),
        "public ranges from which the directory is planned and applied: the vault admits no others",
    )
    .required("runner_cidrs = [\"203.0.113.10/32\"]"),
    Key::new(
        "certificate_vault",
        Kind::Text(clouds::vault),
        "the resource id of the Key Vault that holds `access.certificate`",
    )
    .required("certificate_vault = \"/subscriptions/…/providers/Microsoft.KeyVault/vaults/acme-certs\""),
    Key::new("resource_group", Kind::Text(clouds::resource_group), "an existing resource group")
        .or_nothing("\"acme-coder\""),
    Key::new(
        "dns_resource_group",
        Kind::Text(clouds::resource_group),
        "the resource group of `access.dns_zone`",
    )
    .or_nothing("\"acme-dns\""),
    Key::new(
        "deployers",
        Kind::List(clouds::uuid),
        "object ids of whoever plans and applies; whoever runs it if absent",
    )
    .or_nothing("[\"11111111-2222-3333-4444-555555555555\"]"),
    Key::new(
        "admin_groups",
        Kind::List(clouds::uuid),
        "object ids of Entra groups that administer the clusters",
    )
    .or_nothing("[\"11111111-2222-3333-4444-666666666666\"]"),
    Key::new("encryption_at_host", Kind::Flag, "whether disks are encrypted on the host too").or("false"),
    Key::new("waf", Kind::Flag, "whether the Application Gateway has a web application firewall").or("false"),
    Key::new(
        "geo_redundant_backup",
        Kind::Flag,
        "whether the database's backups are kept in the paired region too",
    )
    .or("false"),
];

/// `[gcp]`, demanded when `cloud = "gcp"`.
pub(super) static GCP: &[Key] =
    &[Key::new("project", Kind::Text(names::project), "the Google Cloud project's id")
        .required("project = \"acme-prod\"")];
