using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class NetworkInsightsTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers(
        "ec2", "CreateNetworkInsightsPath", "DeleteNetworkInsightsPath", "DescribeNetworkInsightsPaths", "StartNetworkInsightsAnalysis", "DescribeNetworkInsightsAnalyses",
        "DeleteNetworkInsightsAnalysis")]
    public async Task A_path_is_analysed_and_what_blocks_it_is_explained()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            g = ec2.create_security_group(GroupName='insights', Description='insights')['GroupId']
            a, b = [i['InstanceId'] for i in ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, SecurityGroupIds=[g])['Instances']]
            ec2.get_waiter('instance_running').wait(InstanceIds=[a, b], WaiterConfig={'Delay': 1})
            path = ec2.create_network_insights_path(Source=a, Destination=b, Protocol='tcp', DestinationPort=22, ClientToken='once')['NetworkInsightsPath']
            p = path['NetworkInsightsPathId']
            same = ec2.create_network_insights_path(Source=a, Destination=b, Protocol='tcp', DestinationPort=22, ClientToken='once')['NetworkInsightsPath']['NetworkInsightsPathId'] == p
            other = refused(lambda: ec2.create_network_insights_path(Source=a, Destination=b, Protocol='udp', DestinationPort=22, ClientToken='once'))
            def analyse(token):
                started = ec2.start_network_insights_analysis(NetworkInsightsPathId=p, ClientToken=token)['NetworkInsightsAnalysis']
                return started['Status'], ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=[started['NetworkInsightsAnalysisId']])['NetworkInsightsAnalyses'][0]
            status, blocked = analyse('first')
            why = blocked['Explanations'][0]
            ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=[{'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22, 'UserIdGroupPairs': [{'GroupId': g}]}])
            _, found = analyse('second')
            kept = refused(lambda: ec2.delete_network_insights_path(NetworkInsightsPathId=p))
            analyses = ec2.describe_network_insights_analyses(NetworkInsightsPathId=p)['NetworkInsightsAnalyses']
            for n in analyses:
                ec2.delete_network_insights_analysis(NetworkInsightsAnalysisId=n['NetworkInsightsAnalysisId'])
            paths = len(ec2.describe_network_insights_paths(Filters=[{'Name': 'source', 'Values': [a]}])['NetworkInsightsPaths'])
            ec2.delete_network_insights_path(NetworkInsightsPathId=p)
            gone = refused(lambda: ec2.describe_network_insights_paths(NetworkInsightsPathIds=[p]))
            wrong = refused(lambda: ec2.create_network_insights_path(Source=a, Destination='i-0123456789abcdef0', Protocol='tcp', ClientToken='x'))
            ec2.terminate_instances(InstanceIds=[a, b])
            answer = [same, other, status, blocked['Status'], blocked['NetworkPathFound'], why['ExplanationCode'], why['SecurityGroups'][0]['Id'] == g,
                      found['NetworkPathFound'], [c['Component']['Id'] == g for c in found['ForwardPathComponents']], kept, len(analyses), paths, gone, wrong]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,"IdempotentParameterMismatch","running","succeeded",false,"ENI_SG_RULES_MISMATCH",true,true,[true,true],"AnalysisExistsForNetworkInsightsPath",2,1,"InvalidNetworkInsightsPathId.NotFound","InvalidInstanceID.NotFound"]""");
    }
}
