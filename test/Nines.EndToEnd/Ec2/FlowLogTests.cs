using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class FlowLogTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "CreateFlowLogs", "DescribeFlowLogs", "DeleteFlowLogs")]
    public async Task Flow_logs_are_made_found_and_deleted()
    {
        var answer = await cloud.Boto.RunAsync("""
            vpc = ec2.create_vpc(CidrBlock='10.77.0.0/16')['Vpc']['VpcId']
            role = 'arn:aws:iam::123456789012:role/flows'
            def create(**more):
                return ec2.create_flow_logs(**{'ResourceType': 'VPC', 'ResourceIds': [vpc], 'TrafficType': 'ALL', 'LogGroupName': '/flows', 'DeliverLogsPermissionArn': role, **more})
            made = create(ClientToken='flows-1', MaxAggregationInterval=60, TagSpecifications=[{'ResourceType': 'vpc-flow-log', 'Tags': [{'Key': 'Name', 'Value': 'all'}]}])
            f = made['FlowLogIds'][0]
            again = create(ClientToken='flows-1', MaxAggregationInterval=60, TagSpecifications=[{'ResourceType': 'vpc-flow-log', 'Tags': [{'Key': 'Name', 'Value': 'all'}]}])['FlowLogIds'] == [f]
            log = ec2.describe_flow_logs(Filters=[{'Name': 'resource-id', 'Values': [vpc]}, {'Name': 'tag:Name', 'Values': ['all']}])['FlowLogs'][0]
            bucket = ec2.create_flow_logs(ResourceType='VPC', ResourceIds=[vpc], TrafficType='ALL', LogDestinationType='s3', LogDestination='arn:aws:s3:::flows')
            twice = refused(lambda: create())
            ec2.create_tags(Resources=[f], Tags=[{'Key': 'More', 'Value': '1'}])
            kinds = [t['ResourceType'] for t in ec2.describe_tags(Filters=[{'Name': 'resource-id', 'Values': [f]}])['Tags']]
            ec2.delete_flow_logs(FlowLogIds=[f])
            gone = refused(lambda: ec2.describe_flow_logs(FlowLogIds=[f]))
            ec2.delete_vpc(VpcId=vpc)
            answer = [again, log['FlowLogId'] == f, log['FlowLogStatus'], log['TrafficType'], log['LogGroupName'], log['LogFormat'][:24], log['MaxAggregationInterval'],
                      bucket['FlowLogIds'], bucket['Unsuccessful'][0]['Error']['Code'], twice, kinds, gone]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,true,"ACTIVE","ALL","/flows","${version} ${account-id}",60,[],"400","FlowLogAlreadyExists",["vpc-flow-log","vpc-flow-log"],"InvalidFlowLogId.NotFound"]""");
    }
}
