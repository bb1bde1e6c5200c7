using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>The life of instances, as real clients drive it.</summary>
public sealed class InstanceTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "RunInstances", "DescribeInstances", "DescribeInstanceStatus", "StopInstances", "StartInstances", "RebootInstances", "TerminateInstances")]
    public async Task The_aws_cli_takes_an_instance_through_its_life()
    {
        var aws = cloud.Aws;
        var run = await aws.RunAsync("ec2", "run-instances", "--image-id", await ImageAsync(), "--instance-type", "t3.micro");
        var instance = run["Instances"]![0]!;
        var id = instance["InstanceId"]!.GetValue<string>();
        instance["State"]!["Name"]!.GetValue<string>().ShouldBe("pending");
        instance["State"]!["Code"]!.GetValue<int>().ShouldBe(0);

        await aws.RunAsync("ec2", "wait", "instance-running", "--instance-ids", id);
        var running = (await aws.RunAsync("ec2", "describe-instances", "--instance-ids", id))["Reservations"]![0]!["Instances"]![0]!;
        running["PublicIpAddress"]!.GetValue<string>().ShouldStartWith("198.18.");
        running["PrivateIpAddress"]!.GetValue<string>().ShouldStartWith("172.31.");

        var status = (await aws.RunAsync("ec2", "describe-instance-status", "--instance-ids", id))["InstanceStatuses"]![0]!;
        status["InstanceState"]!["Name"]!.GetValue<string>().ShouldBe("running");

        await aws.RunAsync("ec2", "reboot-instances", "--instance-ids", id);
        var stop = (await aws.RunAsync("ec2", "stop-instances", "--instance-ids", id))["StoppingInstances"]![0]!;
        stop["CurrentState"]!["Name"]!.GetValue<string>().ShouldBe("stopping");
        stop["PreviousState"]!["Name"]!.GetValue<string>().ShouldBe("running");
        await aws.RunAsync("ec2", "wait", "instance-stopped", "--instance-ids", id);
        var stopped = (await aws.RunAsync("ec2", "describe-instances", "--instance-ids", id))["Reservations"]![0]!["Instances"]![0]!;
        stopped["PublicIpAddress"].ShouldBeNull();
        stopped["PrivateIpAddress"]!.GetValue<string>().ShouldBe(running["PrivateIpAddress"]!.GetValue<string>());
        stopped["StateReason"]!["Code"]!.GetValue<string>().ShouldBe("Client.UserInitiatedShutdown");

        (await aws.RunAsync("ec2", "start-instances", "--instance-ids", id))["StartingInstances"]![0]!["CurrentState"]!["Name"]!.GetValue<string>().ShouldBe("pending");
        await aws.RunAsync("ec2", "wait", "instance-running", "--instance-ids", id);
        (await aws.RunAsync("ec2", "terminate-instances", "--instance-ids", id))["TerminatingInstances"]![0]!["CurrentState"]!["Name"]!.GetValue<string>().ShouldBe("shutting-down");
        await aws.RunAsync("ec2", "wait", "instance-terminated", "--instance-ids", id);
    }

    [Fact]
    [Covers("ec2", "DescribeInstanceCreditSpecifications")]
    public async Task Credit_options_of_burstable_servers_are_told()
    {
        var answer = await cloud.Boto.RunAsync($$"""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            run = lambda type, **more: ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType=type, **more)['Instances'][0]['InstanceId']
            ids = [run('t2.micro'), run('t3.micro'), run('t3.micro', CreditSpecification={'CpuCredits': 'standard'})]
            told = {c['InstanceId']: c['CpuCredits'] for c in ec2.describe_instance_credit_specifications(InstanceIds=ids)['InstanceCreditSpecifications']}
            other = run('c5.large')
            wrong = refused(lambda: ec2.describe_instance_credit_specifications(InstanceIds=[other]))
            ec2.terminate_instances(InstanceIds=ids + [other])
            answer = [told[i] for i in ids] + [wrong]
            """);
        answer!.AsArray().Select(value => value!.ToString()).ShouldBe(["standard", "unlimited", "standard", "InvalidParameterValue"]);
    }

    [Fact]
    [Covers("ec2", "DescribeInstanceAttribute", "ModifyInstanceAttribute", "ResetInstanceAttribute", "ModifyInstanceMetadataOptions")]
    public async Task Attributes_are_read_changed_and_reset()
    {
        var answer = await cloud.Boto.RunAsync($$"""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType='t2.micro', UserData='#!/bin/sh\necho hello')['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            early = refused(lambda: ec2.modify_instance_attribute(InstanceId=i, InstanceType={'Value': 'c5.xlarge'}))
            ec2.modify_instance_attribute(InstanceId=i, DisableApiTermination={'Value': True})
            protected = refused(lambda: ec2.terminate_instances(InstanceIds=[i]))
            ec2.modify_instance_attribute(InstanceId=i, DisableApiTermination={'Value': False})
            ec2.modify_instance_attribute(InstanceId=i, SourceDestCheck={'Value': False})
            unchecked = ec2.describe_instance_attribute(InstanceId=i, Attribute='sourceDestCheck')['SourceDestCheck']['Value']
            ec2.reset_instance_attribute(InstanceId=i, Attribute='sourceDestCheck')
            checked = ec2.describe_instance_attribute(InstanceId=i, Attribute='sourceDestCheck')['SourceDestCheck']['Value']
            options = ec2.modify_instance_metadata_options(InstanceId=i, HttpTokens='required', HttpPutResponseHopLimit=2)['InstanceMetadataOptions']
            ec2.stop_instances(InstanceIds=[i])
            ec2.get_waiter('instance_stopped').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            ec2.modify_instance_attribute(InstanceId=i, InstanceType={'Value': 'c5.xlarge'})
            kind = ec2.describe_instance_attribute(InstanceId=i, Attribute='instanceType')['InstanceType']['Value']
            data = base64.b64decode(ec2.describe_instance_attribute(InstanceId=i, Attribute='userData')['UserData']['Value']).decode()
            ec2.terminate_instances(InstanceIds=[i])
            answer = [early, protected, unchecked, checked, options['HttpTokens'], options['HttpPutResponseHopLimit'], kind, data]
            """);
        answer!.AsArray().Select(value => value!.ToString()).ShouldBe(
            ["IncorrectInstanceState", "OperationNotPermitted", "false", "true", "required", "2", "c5.xlarge", "#!/bin/sh\necho hello"]);
    }

    [Fact]
    [Covers("ec2", "GetConsoleOutput", "GetConsoleScreenshot")]
    public async Task The_console_can_be_read_and_seen()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            output = ec2.get_console_output(InstanceId=i, Latest=True)
            picture = base64.b64decode(ec2.get_console_screenshot(InstanceId=i)['ImageData'])
            ec2.terminate_instances(InstanceIds=[i])
            answer = [output['InstanceId'] == i, picture[1:4] == b'PNG']
            """);
        answer!.AsArray().Select(value => value!.GetValue<bool>()).ShouldBe([true, true]);
    }

    [Fact]
    public async Task A_server_hibernates_and_goes_on()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            run = lambda **more: ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType='t3.micro', **more)['Instances'][0]['InstanceId']
            i, plain = run(HibernationOptions={'Configured': True}), run()
            ec2.get_waiter('instance_running').wait(InstanceIds=[i, plain], WaiterConfig={'Delay': 1})
            told = lambda: ec2.describe_instances(InstanceIds=[i])['Reservations'][0]['Instances'][0]
            wrong = refused(lambda: ec2.stop_instances(InstanceIds=[i, plain], Hibernate=True))
            stop = ec2.stop_instances(InstanceIds=[i], Hibernate=True)['StoppingInstances'][0]['CurrentState']['Name']
            ec2.get_waiter('instance_stopped').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            stopped = told()
            fixed = refused(lambda: ec2.modify_instance_attribute(InstanceId=i, InstanceType={'Value': 'c5.xlarge'}))
            ec2.start_instances(InstanceIds=[i])
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            types = ec2.describe_instance_types(InstanceTypes=['t3.micro'], Filters=[{'Name': 'hibernation-supported', 'Values': ['true']}])['InstanceTypes']
            ec2.terminate_instances(InstanceIds=[i, plain])
            answer = [stopped['HibernationOptions']['Configured'], wrong, stop, stopped['StateReason']['Code'], fixed, types[0]['HibernationSupported']]
            """);
        answer!.AsArray().Select(value => value!.ToString()).ShouldBe(
            ["true", "UnsupportedHibernationConfiguration", "stopping", "Client.UserInitiatedHibernate", "UnsupportedHibernationConfiguration", "true"]);
    }

    [Fact]
    public async Task A_client_token_makes_a_repeat_answer_the_first_launch()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            run = lambda **more: ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, ClientToken='once-only', **more)
            first, second = run(), run()
            changed = refused(lambda: run(InstanceType='t3.small'))
            ids = lambda r: sorted(i['InstanceId'] for i in r['Instances'])
            ec2.terminate_instances(InstanceIds=ids(first))
            answer = [ids(first) == ids(second), first['ReservationId'] == second['ReservationId'], changed]
            """);
        answer!.AsArray().Select(value => value!.ToString()).ShouldBe(["true", "true", "IdempotentParameterMismatch"]);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_awss_codes()
    {
        var answer = await cloud.Boto.RunAsync("""
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            run = lambda **more: refused(lambda: ec2.run_instances(**{'ImageId': image, 'MinCount': 1, 'MaxCount': 1, **more}))
            answer = [
                run(ImageId='ami-00000000000000000'), run(ImageId='nonsense'), run(InstanceType='t9.mega'), run(KeyName='nobody'),
                run(SubnetId='subnet-00000000000000000'), run(SecurityGroupIds=['sg-00000000000000000']), run(MinCount=2), run(DryRun=True),
                run(UserData='x' * 16385),
                refused(lambda: ec2.describe_instances(InstanceIds=['i-00000000000000000'])),
                refused(lambda: ec2.describe_instances(InstanceIds=['i-zzz'])),
                refused(lambda: ec2.describe_instances(Filters=[{'Name': 'no-such-filter', 'Values': ['x']}])),
                refused(lambda: ec2.describe_instances(MaxResults=4)),
                refused(lambda: ec2.start_instances(InstanceIds=['i-00000000000000000'])),
            ]
            """);
        answer!.AsArray().Select(value => value!.ToString()).ShouldBe(
        [
            "InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidParameterValue", "InvalidKeyPair.NotFound",
            "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "InvalidParameterCombination", "DryRunOperation",
            "InvalidParameterValue",
            "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed", "InvalidParameterValue", "InvalidParameterValue", "InvalidInstanceID.NotFound",
        ]);
    }

    [Fact]
    public async Task The_javascript_sdk_launches_waits_and_pages()
    {
        var answer = await cloud.JavaScript.RunAsync("""
            const images = await ec2.send(new EC2.DescribeImagesCommand({ Filters: [{ Name: 'name', Values: ['tiny'] }] }));
            const tags = [{ Key: 'purpose', Value: 'paging' }];
            const run = await ec2.send(new EC2.RunInstancesCommand({
              ImageId: images.Images[0].ImageId, MinCount: 12, MaxCount: 12, InstanceType: 't3.nano',
              TagSpecifications: [{ ResourceType: 'instance', Tags: tags }] }));
            const ids = run.Instances.map(instance => instance.InstanceId);
            await EC2.waitUntilInstanceRunning({ client: ec2, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { InstanceIds: ids });
            let pages = 0, seen = 0;
            const filters = [{ Name: 'tag:purpose', Values: ['paging'] }];
            for await (const page of EC2.paginateDescribeInstances({ client: ec2, pageSize: 5 }, { Filters: filters })) {
              pages++;
              seen += page.Reservations.flatMap(reservation => reservation.Instances).length;
            }
            await ec2.send(new EC2.TerminateInstancesCommand({ InstanceIds: ids }));
            return [pages >= 3, seen];
            """);
        answer![0]!.GetValue<bool>().ShouldBeTrue();
        answer[1]!.GetValue<int>().ShouldBe(12);
    }

    private async Task<string> ImageAsync() =>
        (await cloud.Aws.RunAsync("ec2", "describe-images", "--filters", "Name=name,Values=tiny"))["Images"]![0]!["ImageId"]!.GetValue<string>();
}
