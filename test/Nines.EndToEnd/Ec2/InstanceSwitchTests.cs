using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Small switches and questions about instances, as real clients put them.</summary>
public sealed class InstanceSwitchTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "MonitorInstances", "UnmonitorInstances", "ReportInstanceStatus", "ModifyInstanceMaintenanceOptions", "GetPasswordData")]
    public async Task Switches_of_a_server_are_turned()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            def told(): return ec2.describe_instances(InstanceIds=[i])['Reservations'][0]['Instances'][0]
            on = ec2.monitor_instances(InstanceIds=[i])['InstanceMonitorings'][0]['Monitoring']['State']
            monitored = told()['Monitoring']['State']
            off = ec2.unmonitor_instances(InstanceIds=[i])['InstanceMonitorings'][0]['Monitoring']['State']
            ec2.modify_instance_maintenance_options(InstanceId=i, AutoRecovery='disabled')
            ec2.report_instance_status(Instances=[i], Status='impaired', ReasonCodes=['other'])
            answer = [on, monitored, off, told()['Monitoring']['State'], told()['MaintenanceOptions']['AutoRecovery'], ec2.get_password_data(InstanceId=i)['PasswordData']]
            ec2.terminate_instances(InstanceIds=[i])
            """);
        answer!.ToJsonString().ShouldBe("""["pending","enabled","disabling","disabled","disabled",""]""");
    }

    [Fact]
    [Covers("ec2", "DescribeIdFormat", "DescribeIdentityIdFormat", "DescribeAggregateIdFormat", "DescribePrincipalIdFormat", "ModifyIdFormat", "ModifyIdentityIdFormat", "GetInstanceTypesFromInstanceRequirements")]
    public async Task Ids_are_long_and_types_are_found_by_what_they_have()
    {
        var answer = await cloud.Boto.RunAsync("""
            ec2.modify_id_format(Resource='instance', UseLongIds=True)
            me = sts.get_caller_identity()['Arn']
            ec2.modify_identity_id_format(PrincipalArn=me, Resource='instance', UseLongIds=True)
            answer = [ec2.describe_id_format(Resource='vpc')['Statuses'], ec2.describe_identity_id_format(PrincipalArn=me, Resource='vpc')['Statuses'],
                ec2.describe_aggregate_id_format()['UseLongIdsAggregated'], len(ec2.describe_principal_id_format(Resources=['vpc'])['Principals']),
                refused(lambda: ec2.modify_id_format(Resource='instance', UseLongIds=False)),
                [t['InstanceType'] for t in ec2.get_instance_types_from_instance_requirements(ArchitectureTypes=['x86_64'], VirtualizationTypes=['hvm'],
                    InstanceRequirements={'VCpuCount': {'Min': 4, 'Max': 4}, 'MemoryMiB': {'Min': 8192, 'Max': 8192}})['InstanceTypes']]]
            """);
        answer!.ToJsonString().ShouldBe(
            """[[{"Resource":"vpc","UseLongIds":true}],[{"Resource":"vpc","UseLongIds":true}],true,1,"InvalidParameterValue",["c5.xlarge","c6i.xlarge"]]""");
    }

    [Fact]
    [Covers("ec2", "DescribeInstanceTopology", "GetInstanceMetadataDefaults", "ModifyInstanceMetadataDefaults")]
    public async Task The_account_has_defaults_and_its_servers_have_places()
    {
        var launched = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            answer = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[answer], WaiterConfig={'Delay': 1})
            """);
        var answer = await cloud.JavaScript.RunAsync($$"""
            const InstanceId = '{{launched}}';
            await ec2.send(new EC2.ModifyInstanceMetadataDefaultsCommand({ InstanceMetadataTags: 'enabled' }));
            const told = (await ec2.send(new EC2.GetInstanceMetadataDefaultsCommand({}))).AccountLevel.InstanceMetadataTags;
            await ec2.send(new EC2.ModifyInstanceMetadataDefaultsCommand({ InstanceMetadataTags: 'no-preference' }));
            const after = (await ec2.send(new EC2.GetInstanceMetadataDefaultsCommand({}))).AccountLevel.InstanceMetadataTags;
            const place = (await ec2.send(new EC2.DescribeInstanceTopologyCommand({ InstanceIds: [InstanceId] }))).Instances[0];
            await ec2.send(new EC2.TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
            return [told, after ?? null, place.NetworkNodes.length, place.ZoneId];
            """);
        answer!.AsArray().Count.ShouldBe(4);
        answer.ToJsonString().ShouldStartWith("""["enabled",null,3,"use1-az""");
    }

    [Fact]
    [Covers("ec2", "EnableSerialConsoleAccess", "DisableSerialConsoleAccess", "GetSerialConsoleAccessStatus")]
    public async Task Serial_consoles_are_closed_and_opened()
    {
        var answer = await cloud.Boto.RunAsync("""
            answer = [ec2.get_serial_console_access_status()['SerialConsoleAccessEnabled'], ec2.disable_serial_console_access()['SerialConsoleAccessEnabled'],
                ec2.get_serial_console_access_status()['SerialConsoleAccessEnabled'], ec2.enable_serial_console_access()['SerialConsoleAccessEnabled']]
            """);
        answer!.ToJsonString().ShouldBe("[true,false,false,true]");
    }

    [Fact]
    [Covers("ec2", "ModifyPrivateDnsNameOptions")]
    public async Task A_server_is_called_after_its_id()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, PrivateDnsNameOptions={'HostnameType': 'resource-name'})['Instances'][0]
            ec2.modify_private_dns_name_options(InstanceId=i['InstanceId'], EnableResourceNameDnsARecord=True)
            told = ec2.describe_instances(InstanceIds=[i['InstanceId']])['Reservations'][0]['Instances'][0]
            ec2.terminate_instances(InstanceIds=[i['InstanceId']])
            answer = [told['PrivateDnsName'] == i['InstanceId'] + '.ec2.internal', told['PrivateDnsNameOptions']['HostnameType'], told['PrivateDnsNameOptions']['EnableResourceNameDnsARecord']]
            """);
        answer!.ToJsonString().ShouldBe("""[true,"resource-name",true]""");
    }

    [Fact]
    [Covers("ec2", "AssociateIamInstanceProfile", "DescribeIamInstanceProfileAssociations", "ReplaceIamInstanceProfileAssociation", "DisassociateIamInstanceProfile")]
    public async Task A_profile_comes_to_a_server_and_goes()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.associate_iam_instance_profile(InstanceId=i, IamInstanceProfile={'Name': 'web'})
            def told(): return ec2.describe_iam_instance_profile_associations(Filters=[{'Name': 'instance-id', 'Values': [i]}])['IamInstanceProfileAssociations']
            first = told()[0]
            ec2.replace_iam_instance_profile_association(AssociationId=first['AssociationId'], IamInstanceProfile={'Name': 'db'})
            arn = ec2.describe_instances(InstanceIds=[i])['Reservations'][0]['Instances'][0]['IamInstanceProfile']['Arn']
            ec2.disassociate_iam_instance_profile(AssociationId=told()[0]['AssociationId'])
            ec2.terminate_instances(InstanceIds=[i])
            answer = [first['State'], arn.split('/')[1], told(), refused(lambda: ec2.disassociate_iam_instance_profile(AssociationId=first['AssociationId']))]
            """);
        answer!.ToJsonString().ShouldBe("""["associated","db",[],"InvalidAssociationID.NotFound"]""");
    }
}
