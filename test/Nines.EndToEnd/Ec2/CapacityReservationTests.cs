using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Capacity reservations, as real clients make, use and give them up.</summary>
public sealed class CapacityReservationTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers(
        "ec2", "CreateCapacityReservation", "DescribeCapacityReservations", "ModifyCapacityReservation", "CancelCapacityReservation", "GetCapacityReservationUsage",
        "ModifyInstanceCapacityReservationAttributes")]
    public async Task Capacity_is_reserved_used_and_given_up()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            r = ec2.create_capacity_reservation(InstanceType='c5.large', InstancePlatform='Linux/UNIX', AvailabilityZone='us-east-1a', InstanceCount=1, InstanceMatchCriteria='targeted',
                TagSpecifications=[{'ResourceType': 'capacity-reservation', 'Tags': [{'Key': 'Team', 'Value': 'a'}]}])['CapacityReservation']['CapacityReservationId']
            ec2.modify_capacity_reservation(CapacityReservationId=r, InstanceCount=2)
            target = {'CapacityReservationTarget': {'CapacityReservationId': r}}
            i = ec2.run_instances(ImageId=image, InstanceType='c5.large', MinCount=1, MaxCount=1, CapacityReservationSpecification=target)['Instances'][0]
            full = refused(lambda: ec2.run_instances(ImageId=image, InstanceType='c5.large', MinCount=2, MaxCount=2, CapacityReservationSpecification=target))
            usage = ec2.get_capacity_reservation_usage(CapacityReservationId=r)
            found = ec2.describe_capacity_reservations(Filters=[{'Name': 'instance-type', 'Values': ['c5.large']}, {'Name': 'state', 'Values': ['active']}])['CapacityReservations']
            users = ec2.describe_instances(Filters=[{'Name': 'capacity-reservation-id', 'Values': [r]}])['Reservations'][0]['Instances'][0]['InstanceId'] == i['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i['InstanceId']], WaiterConfig={'Delay': 1})
            ec2.stop_instances(InstanceIds=[i['InstanceId']])
            ec2.get_waiter('instance_stopped').wait(InstanceIds=[i['InstanceId']], WaiterConfig={'Delay': 1})
            ec2.modify_instance_capacity_reservation_attributes(InstanceId=i['InstanceId'], CapacityReservationSpecification={'CapacityReservationPreference': 'none'})
            told = ec2.describe_instances(InstanceIds=[i['InstanceId']])['Reservations'][0]['Instances'][0]
            ec2.terminate_instances(InstanceIds=[i['InstanceId']])
            ec2.cancel_capacity_reservation(CapacityReservationId=r)
            answer = [i['CapacityReservationId'] == r, full, usage['AvailableInstanceCount'], [f['CapacityReservationId'] == r for f in found], found[0]['Tags'], users,
                told['CapacityReservationSpecification'], 'CapacityReservationId' in told, ec2.describe_capacity_reservations(CapacityReservationIds=[r])['CapacityReservations'][0]['State']]
            """);
        answer!.ToJsonString().ShouldBe(
            """[true,"ReservationCapacityExceeded",1,[true],[{"Key":"Team","Value":"a"}],true,{"CapacityReservationPreference":"none"},false,"cancelled"]""");
    }

    [Fact]
    [Covers("ec2", "CreateCapacityReservationBySplitting", "MoveCapacityReservationInstances")]
    public async Task Free_capacity_goes_to_another_reservation()
    {
        // Debian's boto3 is older than these calls: the CLI's sibling in JavaScript knows them.
        var answer = await cloud.JavaScript.RunAsync("""
            const SourceCapacityReservationId = (await ec2.send(new EC2.CreateCapacityReservationCommand({ InstanceType: 'm5.large', InstancePlatform: 'Linux/UNIX',
                AvailabilityZone: 'us-east-1b', InstanceCount: 2, InstanceMatchCriteria: 'targeted' }))).CapacityReservation.CapacityReservationId;
            const split = await ec2.send(new EC2.CreateCapacityReservationBySplittingCommand({ SourceCapacityReservationId, InstanceCount: 1 }));
            const DestinationCapacityReservationId = split.DestinationCapacityReservation.CapacityReservationId;
            const moved = await ec2.send(new EC2.MoveCapacityReservationInstancesCommand({ SourceCapacityReservationId, DestinationCapacityReservationId, InstanceCount: 1 }));
            await ec2.send(new EC2.CancelCapacityReservationCommand({ CapacityReservationId: DestinationCapacityReservationId }));
            return [split.SourceCapacityReservation.TotalInstanceCount, moved.DestinationCapacityReservation.TotalInstanceCount, moved.SourceCapacityReservation.State];
            """);
        answer!.ToJsonString().ShouldBe("""[1,2,"cancelled"]""");
    }
}
