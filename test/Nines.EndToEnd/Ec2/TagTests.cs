using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class TagTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateTags", "DeleteTags", "DescribeTags")]
    public async Task Tags_are_set_found_and_removed()
    {
        var answer = await cloud.Boto.RunAsync("""
            # No other test's: whoever made that one may look at its tags.
            subnet = ec2.describe_subnets(Filters=[{'Name': 'default-for-az', 'Values': ['true']}])['Subnets'][0]['SubnetId']
            ec2.create_tags(Resources=[subnet], Tags=[{'Key': 'Name', 'Value': 'first'}, {'Key': 'team', 'Value': 'a'}])
            found = [s['SubnetId'] for s in ec2.describe_subnets(Filters=[{'Name': 'tag:Name', 'Values': ['fir*']}])['Subnets']] == [subnet]
            listed = sorted(t['Key'] for t in ec2.describe_tags(Filters=[{'Name': 'resource-id', 'Values': [subnet]}])['Tags'])
            ec2.delete_tags(Resources=[subnet], Tags=[{'Key': 'Name', 'Value': 'other'}, {'Key': 'team'}])
            left = [t['Key'] for t in ec2.describe_tags(Filters=[{'Name': 'resource-id', 'Values': [subnet]}])['Tags']]
            ec2.delete_tags(Resources=[subnet], Tags=[])
            none = ec2.describe_tags(Filters=[{'Name': 'resource-id', 'Values': [subnet]}])['Tags']
            answer = [found, listed, left, none, refused(lambda: ec2.create_tags(Resources=['subnet-00000000000000000'], Tags=[{'Key': 'a', 'Value': 'b'}])),
                      refused(lambda: ec2.create_tags(Resources=[subnet], Tags=[{'Key': 'aws:x', 'Value': 'b'}]))]
            """);
        answer!.ToJsonString().ShouldBe("""[true,["Name","team"],["Name"],[],"InvalidSubnetID.NotFound","InvalidParameterValue"]""");
    }
}
