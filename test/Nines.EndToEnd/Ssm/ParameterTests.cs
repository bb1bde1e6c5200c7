using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ssm;

/// <summary>Parameters, as real clients read those of the cloud and keep their own.</summary>
public sealed class ParameterTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ssm", "GetParameter", "GetParameters", "GetParametersByPath")]
    public async Task Tools_find_images_by_the_names_that_they_know()
    {
        var answer = await cloud.Boto.RunAsync("""
            ssm = client('ssm')
            image = {i['Name']: i['ImageId'] for i in ec2.describe_images(Owners=['amazon'])['Images']}
            linux = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64'
            one = ssm.get_parameter(Name=linux)['Parameter']
            several = ssm.get_parameters(Names=['/aws/service/debian/release/12/latest/amd64', '/aws/service/nines/tiny/latest', '/aws/service/nothing'])
            below = [p['Name'] for page in ssm.get_paginator('get_parameters_by_path').paginate(Path='/aws/service/ami-amazon-linux-latest', PaginationConfig={'PageSize': 3}) for p in page['Parameters']]
            launched = ec2.run_instances(ImageId=one['Value'], MinCount=1, MaxCount=1, InstanceType='t3.nano')['Instances'][0]
            ec2.terminate_instances(InstanceIds=[launched['InstanceId']])
            answer = [one['Value'] == image['tiny'], one['Type'], one['ARN'], sorted(p['Value'] for p in several['Parameters']) == sorted([image['tiny'], image['debian-12']]),
                      several['InvalidParameters'], linux in below, len(below) > 3, len(below) == len(set(below)), refused(lambda: ssm.get_parameter(Name='/aws/service/nothing'))]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,"String","arn:aws:ssm:us-east-1::parameter/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",true,["/aws/service/nothing"],true,true,true,"ParameterNotFound"]""");
    }

    [Fact]
    [Covers("ssm", "PutParameter", "DescribeParameters", "DeleteParameter", "DeleteParameters", "AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource")]
    public async Task Parameters_of_ones_own_are_kept_sealed_found_and_deleted()
    {
        var answer = await cloud.Boto.RunAsync("""
            ssm = client('ssm')
            first = ssm.put_parameter(Name='/shop/db/host', Value='db-1', Type='String', Tags=[{'Key': 'of', 'Value': 'shop'}])['Version']
            taken = refused(lambda: ssm.put_parameter(Name='/shop/db/host', Value='db-2', Type='String'))
            second = ssm.put_parameter(Name='/shop/db/host', Value='db-2', Overwrite=True)['Version']
            ssm.put_parameter(Name='/shop/db/password', Value='secret', Type='SecureString')
            ssm.put_parameter(Name='/shop/zones', Value='a,b', Type='StringList', Description='where')
            values = [ssm.get_parameter(Name=n)['Parameter']['Value'] for n in ('/shop/db/host', '/shop/db/host:1', '/shop/zones')]
            sealed = ssm.get_parameter(Name='/shop/db/password')['Parameter']['Value']
            opened = ssm.get_parameter(Name='/shop/db/password', WithDecryption=True)['Parameter']['Value']
            here = [p['Name'] for p in ssm.get_parameters_by_path(Path='/shop')['Parameters']]
            below = [p['Name'] for p in ssm.get_parameters_by_path(Path='/shop', Recursive=True)['Parameters']]
            secure = [p['Name'] for p in ssm.describe_parameters(ParameterFilters=[{'Key': 'Type', 'Values': ['SecureString']}, {'Key': 'Path', 'Option': 'Recursive', 'Values': ['/shop']}])['Parameters']]
            ssm.add_tags_to_resource(ResourceType='Parameter', ResourceId='/shop/db/host', Tags=[{'Key': 'kept', 'Value': 'yes'}])
            ssm.remove_tags_from_resource(ResourceType='Parameter', ResourceId='/shop/db/host', TagKeys=['of'])
            tags = ssm.list_tags_for_resource(ResourceType='Parameter', ResourceId='/shop/db/host')['TagList']
            ssm.delete_parameter(Name='/shop/zones')
            gone = refused(lambda: ssm.delete_parameter(Name='/shop/zones'))
            deleted = ssm.delete_parameters(Names=['/shop/db/host', '/shop/db/password', '/shop/zones'])
            answer = [first, taken, second, values, sealed != 'secret', opened, here, below, secure, tags, gone, sorted(deleted['DeletedParameters']), deleted['InvalidParameters']]
            """);
        answer!.ToJsonString().ShouldBe(
            """[1,"ParameterAlreadyExists",2,["db-2","db-1","a,b"],true,"secret",["/shop/zones"],["/shop/db/host","/shop/db/password","/shop/zones"],["/shop/db/password"],[{"Key":"kept","Value":"yes"}],"ParameterNotFound",["/shop/db/host","/shop/db/password"],["/shop/zones"]]""");
    }
}
