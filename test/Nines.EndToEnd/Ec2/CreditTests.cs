using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>CPU credits, as real clients ask for them.</summary>
public sealed class CreditTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "ModifyInstanceCreditSpecification", "GetDefaultCreditSpecification", "ModifyDefaultCreditSpecification")]
    public async Task The_option_of_servers_and_of_families_is_changed()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, InstanceType='t3a.nano', MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            def told(): return ec2.describe_instance_credit_specifications(InstanceIds=[i])['InstanceCreditSpecifications'][0]['CpuCredits']
            before = told()
            changed = ec2.modify_instance_credit_specification(InstanceCreditSpecifications=[
                {'InstanceId': i, 'CpuCredits': 'standard'}, {'InstanceId': 'i-0123456789abcdef0', 'CpuCredits': 'standard'}])
            family = ec2.get_default_credit_specification(InstanceFamily='t3a')['InstanceFamilyCreditSpecification']['CpuCredits']
            ec2.modify_default_credit_specification(InstanceFamily='t3a', CpuCredits='standard')
            other = ec2.get_default_credit_specification(InstanceFamily='t3a')['InstanceFamilyCreditSpecification']['CpuCredits']
            ec2.modify_default_credit_specification(InstanceFamily='t3a', CpuCredits='unlimited')
            answer = [before, told(), [s['InstanceId'] for s in changed['SuccessfulInstanceCreditSpecifications']] == [i],
                changed['UnsuccessfulInstanceCreditSpecifications'][0]['Error']['Code'], family, other,
                refused(lambda: ec2.modify_default_credit_specification(InstanceFamily='t3a', CpuCredits='none'))]
            ec2.terminate_instances(InstanceIds=[i])
            """);
        answer!.ToJsonString().ShouldBe("""["unlimited","standard",true,"InvalidInstanceID.NotFound","unlimited","standard","InvalidParameterValue"]""");
    }
}
