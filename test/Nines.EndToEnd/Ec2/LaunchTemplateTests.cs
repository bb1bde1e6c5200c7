using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Launch templates, as real clients make, change, use and delete them.</summary>
public sealed class LaunchTemplateTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateLaunchTemplate", "CreateLaunchTemplateVersion", "ModifyLaunchTemplate", "DescribeLaunchTemplates", "DescribeLaunchTemplateVersions", "DeleteLaunchTemplateVersions", "DeleteLaunchTemplate", "GetLaunchTemplateData")]
    public async Task Templates_have_versions_that_launch()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            made = ec2.create_launch_template(LaunchTemplateName='boto-web', VersionDescription='first', LaunchTemplateData={
                'ImageId': image, 'InstanceType': 't3.small',
                'BlockDeviceMappings': [{'DeviceName': '/dev/sdf', 'Ebs': {'VolumeSize': 3, 'VolumeType': 'gp3', 'DeleteOnTermination': True}}],
                'NetworkInterfaces': [{'DeviceIndex': 0, 'AssociatePublicIpAddress': False, 'DeleteOnTermination': True}],
                'MetadataOptions': {'HttpTokens': 'required'},
                'TagSpecifications': [{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'web'}]}, {'ResourceType': 'volume', 'Tags': [{'Key': 'Of', 'Value': 'web'}]}]},
                TagSpecifications=[{'ResourceType': 'launch-template', 'Tags': [{'Key': 'Team', 'Value': 'a'}]}])['LaunchTemplate']
            t = made['LaunchTemplateId']
            second = ec2.create_launch_template_version(LaunchTemplateId=t, SourceVersion='1', LaunchTemplateData={'InstanceType': 't3.nano'})['LaunchTemplateVersion']
            changed = ec2.modify_launch_template(LaunchTemplateId=t, DefaultVersion='2')['LaunchTemplate']['DefaultVersionNumber']
            versions = [v['VersionNumber'] for v in ec2.describe_launch_template_versions(LaunchTemplateName='boto-web')['LaunchTemplateVersions']]
            told = ec2.describe_launch_templates(Filters=[{'Name': 'tag:Team', 'Values': ['a']}])['LaunchTemplates'][0]
            i = ec2.run_instances(LaunchTemplate={'LaunchTemplateName': 'boto-web'}, MinCount=1, MaxCount=1)['Instances'][0]
            ec2.get_waiter('instance_running').wait(InstanceIds=[i['InstanceId']], WaiterConfig={'Delay': 1})
            tags = {k['Key']: k['Value'] for k in i['Tags']}
            by_tag = [x['InstanceId'] for r in ec2.describe_instances(Filters=[{'Name': 'tag:aws:ec2launchtemplate:id', 'Values': [t]}])['Reservations'] for x in r['Instances']]
            data = ec2.get_launch_template_data(InstanceId=i['InstanceId'])['LaunchTemplateData']
            again = ec2.create_launch_template(LaunchTemplateName='boto-copy', LaunchTemplateData=data)
            ec2.delete_launch_template(LaunchTemplateName='boto-copy')
            gone = ec2.delete_launch_template_versions(LaunchTemplateId=t, Versions=['1', '2'])
            ec2.terminate_instances(InstanceIds=[i['InstanceId']])
            ec2.delete_launch_template(LaunchTemplateId=t)
            answer = [second['LaunchTemplateData']['MetadataOptions']['HttpTokens'], changed, versions, told['LatestVersionNumber'], i['InstanceType'],
                i['MetadataOptions']['HttpTokens'], tags['Name'], tags['aws:ec2launchtemplate:version'], tags['aws:ec2launchtemplate:id'] == t, by_tag == [i['InstanceId']],
                [m['Ebs']['VolumeSize'] for m in data['BlockDeviceMappings']][1:], 'Warning' in again,
                [v['VersionNumber'] for v in gone['SuccessfullyDeletedLaunchTemplateVersions']], gone['UnsuccessfullyDeletedLaunchTemplateVersions'][0]['VersionNumber'],
                refused(lambda: ec2.describe_launch_templates(LaunchTemplateIds=[t])), refused(lambda: ec2.run_instances(LaunchTemplate={'LaunchTemplateId': t}, MinCount=1, MaxCount=1))]
            """);
        answer!.ToJsonString().ShouldBe(
            """["required",2,[2,1],2,"t3.nano","required","web","2",true,true,[3],false,[1],2,"InvalidLaunchTemplateId.NotFound","InvalidLaunchTemplateId.NotFound"]""");
    }
}
