using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class SecurityGroupTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "DescribeSecurityGroups", "DescribeSecurityGroupRules")]
    public async Task The_default_group_lets_its_members_talk_and_everything_out()
    {
        var answer = await cloud.Boto.RunAsync("""
            group = ec2.describe_security_groups(Filters=[{'Name': 'group-name', 'Values': ['default']}])['SecurityGroups'][0]
            rules = ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [group['GroupId']]}])['SecurityGroupRules']
            answer = [group['IpPermissions'][0]['UserIdGroupPairs'][0]['GroupId'] == group['GroupId'], group['IpPermissionsEgress'][0]['IpRanges'][0]['CidrIp'],
                      sorted(r['IsEgress'] for r in rules), all(r['SecurityGroupRuleId'].startswith('sgr-') for r in rules)]
            """);
        answer!.ToJsonString().ShouldBe("""[true,"0.0.0.0/0",[false,true],true]""");
    }

    [Fact]
    [Covers(
        "ec2", "CreateSecurityGroup", "DeleteSecurityGroup", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
        "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress")]
    public async Task Groups_and_their_rules_come_and_go()
    {
        var answer = await cloud.Boto.RunAsync("""
            g = ec2.create_security_group(GroupName='web', Description='web servers')['GroupId']
            web = [{'IpProtocol': 'tcp', 'FromPort': 80, 'ToPort': 80, 'IpRanges': [{'CidrIp': '10.1.2.3/8', 'Description': 'inside'}]}]
            added = ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=web)['SecurityGroupRules'][0]
            again = refused(lambda: ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=web))
            ec2.authorize_security_group_ingress(GroupId=g, IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='0.0.0.0/0')
            ec2.authorize_security_group_egress(GroupId=g, IpPermissions=[{'IpProtocol': 'udp', 'FromPort': 53, 'ToPort': 53, 'UserIdGroupPairs': [{'GroupId': g}]}])
            now = ec2.describe_security_groups(GroupIds=[g])['SecurityGroups'][0]
            ec2.revoke_security_group_ingress(GroupId=g, SecurityGroupRuleIds=[added['SecurityGroupRuleId']])
            ec2.revoke_security_group_egress(GroupId=g, IpPermissions=[{'IpProtocol': '-1', 'IpRanges': [{'CidrIp': '0.0.0.0/0'}]}])
            missing = refused(lambda: ec2.revoke_security_group_ingress(GroupId=g, IpPermissions=web))
            later = ec2.describe_security_groups(GroupIds=[g])['SecurityGroups'][0]
            twice = refused(lambda: ec2.create_security_group(GroupName='web', Description='web servers'))
            ec2.delete_security_group(GroupId=g)
            gone = refused(lambda: ec2.describe_security_groups(GroupIds=[g]))
            default = ec2.describe_security_groups(GroupNames=['default'])['SecurityGroups'][0]['GroupId']
            answer = [added['CidrIpv4'], added['Description'], again, len(now['IpPermissions']), len(now['IpPermissionsEgress']), missing,
                      [p['FromPort'] for p in later['IpPermissions']], [p['IpProtocol'] for p in later['IpPermissionsEgress']], twice, gone,
                      refused(lambda: ec2.delete_security_group(GroupId=default))]
            """);
        answer!.ToJsonString().ShouldBe(
            """["10.0.0.0/8","inside","InvalidPermission.Duplicate",2,2,"InvalidPermission.NotFound",[22],["udp"],"InvalidGroup.Duplicate","InvalidGroup.NotFound","CannotDelete"]""");
    }

    [Fact]
    public async Task A_group_that_is_used_stays()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            g = ec2.create_security_group(GroupName='used', Description='used')['GroupId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SecurityGroupIds=[g])['Instances'][0]['InstanceId']
            used = refused(lambda: ec2.delete_security_group(GroupId=g))
            ec2.terminate_instances(InstanceIds=[i])
            ec2.get_waiter('instance_terminated').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            ec2.delete_security_group(GroupId=g)
            answer = used
            """);
        answer!.ToString().ShouldBe("DependencyViolation");
    }

    [Fact]
    [Covers("ec2", "ModifySecurityGroupRules", "UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress")]
    public async Task A_rule_is_changed_where_it_is_and_described_anew()
    {
        var answer = await cloud.Boto.RunAsync("""
            g = ec2.create_security_group(GroupName='changing', Description='changing')['GroupId']
            web = [{'IpProtocol': 'tcp', 'FromPort': 80, 'ToPort': 80, 'IpRanges': [{'CidrIp': '10.0.0.0/8'}]}]
            r = ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=web)['SecurityGroupRules'][0]['SecurityGroupRuleId']
            web[0]['IpRanges'][0]['Description'] = 'first'
            ec2.update_security_group_rule_descriptions_ingress(GroupId=g, IpPermissions=web)
            def rule(id):
                return ec2.describe_security_group_rules(SecurityGroupRuleIds=[id])['SecurityGroupRules'][0]
            first = rule(r).get('Description')
            ec2.modify_security_group_rules(GroupId=g, SecurityGroupRules=[{'SecurityGroupRuleId': r, 'SecurityGroupRule': {
                'IpProtocol': 'tcp', 'FromPort': 443, 'ToPort': 444, 'CidrIpv4': '192.0.2.0/24', 'Description': 'second'}}])
            now = rule(r)
            out = [x for x in ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [g]}])['SecurityGroupRules'] if x['IsEgress']][0]['SecurityGroupRuleId']
            ec2.update_security_group_rule_descriptions_egress(GroupId=g, SecurityGroupRuleDescriptions=[{'SecurityGroupRuleId': out, 'Description': 'all'}])
            said = rule(out).get('Description')
            missing = refused(lambda: ec2.modify_security_group_rules(GroupId=g, SecurityGroupRules=[{'SecurityGroupRuleId': 'sgr-0123456789abcdef0', 'SecurityGroupRule': {'IpProtocol': '-1', 'CidrIpv4': '0.0.0.0/0'}}]))
            wrong = refused(lambda: ec2.update_security_group_rule_descriptions_ingress(GroupId=g, IpPermissions=web))
            ec2.delete_security_group(GroupId=g)
            answer = [first, now['FromPort'], now['ToPort'], now['CidrIpv4'], now['Description'], said, missing, wrong]
            """);
        answer!.ToJsonString().ShouldBe("""["first",443,444,"192.0.2.0/24","second","all","InvalidSecurityGroupRuleId.NotFound","InvalidPermission.NotFound"]""");
    }

    [Fact]
    [Covers("ec2", "AssociateSecurityGroupVpc", "DisassociateSecurityGroupVpc", "DescribeSecurityGroupVpcAssociations")]
    public async Task A_group_is_used_in_another_VPC_while_it_is_associated()
    {
        var answer = await cloud.JavaScript.RunAsync("""
            const send = (name, input) => ec2.send(new EC2[`${name}Command`](input));
            const refused = (name, input) => send(name, input).then(() => 'answered', error => error.name);
            const vpc = async CidrBlock => (await send('CreateVpc', { CidrBlock })).Vpc.VpcId;
            const [home, branch] = [await vpc('10.31.0.0/16'), await vpc('10.32.0.0/16')];
            const SubnetId = (await send('CreateSubnet', { VpcId: branch, CidrBlock: '10.32.0.0/24' })).Subnet.SubnetId;
            const GroupId = (await send('CreateSecurityGroup', { GroupName: 'shared', Description: 'shared', VpcId: home })).GroupId;
            const early = await refused('CreateNetworkInterface', { SubnetId, Groups: [GroupId] });
            const made = (await send('AssociateSecurityGroupVpc', { GroupId, VpcId: branch })).State;
            const told = (await send('DescribeSecurityGroupVpcAssociations', { Filters: [{ Name: 'group-id', Values: [GroupId] }] })).SecurityGroupVpcAssociations;
            const usable = (await send('GetSecurityGroupsForVpc', { VpcId: branch })).SecurityGroupForVpcs.find(group => group.GroupId === GroupId);
            const one = (await send('CreateNetworkInterface', { SubnetId, Groups: [GroupId] })).NetworkInterface;
            const used = [await refused('DisassociateSecurityGroupVpc', { GroupId, VpcId: branch }), await refused('DeleteSecurityGroup', { GroupId })];
            await send('DeleteNetworkInterface', { NetworkInterfaceId: one.NetworkInterfaceId });
            const ended = (await send('DisassociateSecurityGroupVpc', { GroupId, VpcId: branch })).State;
            const left = (await send('DescribeSecurityGroupVpcAssociations', { Filters: [{ Name: 'group-id', Values: [GroupId] }] })).SecurityGroupVpcAssociations;
            await send('DeleteSecurityGroup', { GroupId });
            await send('DeleteSubnet', { SubnetId });
            await send('DeleteVpc', { VpcId: home });
            await send('DeleteVpc', { VpcId: branch });
            return [early, made, told.map(a => [a.State, a.VpcId === branch, a.VpcOwnerId === a.GroupOwnerId]), usable.PrimaryVpcId === home, one.Groups[0].GroupName, used, ended, left.length];
            """);
        answer!.ToJsonString().ShouldBe(
            """["InvalidParameter","associating",[["associated",true,true]],true,"shared",["DependencyViolation","DependencyViolation"],"disassociating",0]""");
    }
}
