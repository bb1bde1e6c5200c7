using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Fast launches, as real clients ask for them.</summary>
public sealed class FastLaunchTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2", "EnableFastLaunch", "DescribeFastLaunchImages", "DisableFastLaunch")]
    public async Task An_image_is_enabled_described_and_disabled()
    {
        var answer = await cloud.Boto.RunAsync("""
            import time
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            def told():
                return [i for p in ec2.get_paginator('describe_fast_launch_images').paginate(ImageIds=[image]) for i in p['FastLaunchImages']]
            def until(test):
                deadline = time.monotonic() + 60
                while not test(told()):
                    assert time.monotonic() < deadline, told()
                    time.sleep(0.05)
                return told()
            first = ec2.enable_fast_launch(ImageId=image)
            enabled = until(lambda images: [i['State'] for i in images] == ['enabled'])[0]
            wrong = [
                refused(lambda: ec2.enable_fast_launch(ImageId=image, MaxParallelLaunches=5)),
                refused(lambda: ec2.enable_fast_launch(ImageId=image, LaunchTemplate={'LaunchTemplateName': 'web', 'Version': '1'})),
                refused(lambda: ec2.enable_fast_launch(ImageId='ami-00000000000000000')),
                refused(lambda: ec2.enable_fast_launch(ImageId=image, DryRun=True)),
            ]
            last = ec2.disable_fast_launch(ImageId=image)
            until(lambda images: images == [])
            answer = [first['State'], first['MaxParallelLaunches'], first['ResourceType'], first['SnapshotConfiguration']['TargetResourceCount'],
                      enabled['ImageId'] == image, enabled['StateTransitionReason'], last['State'], wrong]
            """);
        answer!.ToJsonString().ShouldBe(
            """["enabling",6,"snapshot",5,true,"Client.UserInitiated","disabling",["InvalidParameterValue","InvalidLaunchTemplateName.NotFoundException","InvalidAMIID.NotFound","DryRunOperation"]]""");
    }
}
