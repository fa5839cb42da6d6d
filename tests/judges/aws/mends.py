"""Where moto 5.2.5 answers otherwise than AWS, put right in place: each function is one mend, with what was wrong.

Every mend checks that moto still needs it, and fails when it does not: then it is to be deleted."""

import inspect

from moto.autoscaling.models import AutoScalingBackend, LifecycleHook
from moto.autoscaling.responses import AutoScalingResponse
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.core.responses import ActionResult
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.rds.models import DBInstance, DBParameterGroup
from moto.rds.responses import RDSResponse


def needed(function, words, present=True):
    """Fails when moto's source no longer shows the fault."""
    if (words in inspect.getsource(function)) != present:
        raise SystemExit(f"emulator: moto has changed in {function.__qualname__}; look whether its mend is still needed")


def hook_without_notification():
    """A lifecycle hook was said to notify a queue and a role that nobody named."""
    original = LifecycleHook.__init__
    needed(original, "my-queue")

    def init(self, *arguments, **named):
        original(self, *arguments, **named)
        self.role_arn = self.notification_target_arn = None

    LifecycleHook.__init__ = init


def template_without_its_own_tags():
    """The tags of a launch template turned up in the data for its machines."""
    original = LaunchTemplate.create_version
    needed(LaunchTemplates.create_launch_template, "converted_tag_spec")

    def create_version(self, data, description):
        kept = [one for one in data.get("TagSpecifications", []) if one["ResourceType"] != "launch-template"]
        data = {key: value for key, value in data.items() if key != "TagSpecifications"}
        return original(self, data | ({"TagSpecifications": kept} if kept else {}), description)

    LaunchTemplate.create_version = create_version


def rule_with_description():
    """The description of a rule that names a group was lost."""
    needed(SecurityGroupRule.description.fget, "source_group", present=False)
    SecurityGroupRule.description = property(lambda self: (self.ip_range or self.source_group or {}).get("Description"))


def parameters_of_the_user():
    """Changed parameters of a database were not marked as the user's, so nobody who asked for those saw any."""
    original = DBParameterGroup.update_parameters
    needed(original, "Source", present=False)

    def update_parameters(self, new_parameters):
        original(self, [parameter | {"Source": "user"} for parameter in new_parameters])

    DBParameterGroup.update_parameters = update_parameters


def performance_insights():
    """Performance Insights could not be switched on."""
    original = DBInstance.__init__
    needed(original, "performance_insights", present=False)

    def init(self, *arguments, **named):
        original(self, *arguments, **named)
        self.performance_insights_enabled = named.get("enable_performance_insights")
        self.performance_insights_retention_period = named.get("performance_insights_retention_period")

    DBInstance.__init__ = init


def orderable_classes():
    """Only Aurora's classes could be ordered, and no class could be asked for. Now also those that the examples take."""
    original = RDSResponse.describe_orderable_db_instance_options
    needed(original, "DBInstanceClass", present=False)

    def describe(self):
        if self.params.get("Engine") != "postgres":
            return original(self)
        options = [
            {
                "Engine": "postgres", "EngineVersion": version, "DBInstanceClass": name, "StorageType": "gp3", "Vpc": True,
                "LicenseModel": "postgresql-license", "MultiAZCapable": True, "AvailabilityZones": [],
                "SupportsStorageEncryption": True, "SupportsPerformanceInsights": True, "SupportsEnhancedMonitoring": True,
            }
            for version in ("16.10", "17.5", "17.6")
            for family in ("m8g", "m7g", "m6i", "m5")
            for name in [f"db.{family}.{size}" for size in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")]
            if name == self.params.get("DBInstanceClass", name)
        ]
        return ActionResult({"OrderableDBInstanceOptions": options})

    RDSResponse.describe_orderable_db_instance_options = describe


def group_policies():
    """An Auto Scaling group forgot its warm-up and its maintenance policy."""
    original = AutoScalingResponse.create_auto_scaling_group
    needed(original, "InstanceMaintenancePolicy", present=False)

    def create(self):
        answer = original(self)
        group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
        group.default_instance_warmup = self._get_param("DefaultInstanceWarmup")
        group.instance_maintenance_policy = self._get_param("InstanceMaintenancePolicy")
        return answer

    AutoScalingResponse.create_auto_scaling_group = create


def protection_that_ends():
    """A machine that was no longer protected stayed, though the group wanted fewer."""
    original = AutoScalingBackend.set_instance_protection
    needed(original, "set_desired_capacity", present=False)

    def set_instance_protection(self, group_name, instance_ids, protected_from_scale_in):
        original(self, group_name, instance_ids, protected_from_scale_in)
        group = self.autoscaling_groups[group_name]
        group.set_desired_capacity(group.desired_capacity)

    AutoScalingBackend.set_instance_protection = set_instance_protection


def protected_balancer():
    """A protected balancer could be deleted (Elastic Load Balancing API, DeleteLoadBalancer, OperationNotPermitted)."""
    original = ELBv2Backend.delete_load_balancer
    needed(original, "deletion_protection", present=False)

    def delete_load_balancer(self, arn):
        balancer = self.load_balancers.get(arn)
        if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError("OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled")
        return original(self, arn)

    ELBv2Backend.delete_load_balancer = delete_load_balancer


def mend():
    """All of them."""
    protected_balancer()
    protection_that_ends()
    hook_without_notification()
    template_without_its_own_tags()
    rule_with_description()
    parameters_of_the_user()
    performance_insights()
    orderable_classes()
    group_policies()
