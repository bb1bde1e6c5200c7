using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public sealed class InstanceCreditsTests
{
    [Fact]
    public async Task Named_instances_have_what_was_asked_for_or_what_their_family_has()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        string[] ids = [await RunAsync(cloud, "t2.micro"), await RunAsync(cloud, "t3.micro"), await RunAsync(cloud, "t3.micro", "standard"), await RunAsync(cloud, "t2.micro", "unlimited")];

        (await DescribeAsync(cloud, new() { InstanceIds = ids })).ShouldBe(
            new Dictionary<string, string> { [ids[0]] = "standard", [ids[1]] = "unlimited", [ids[2]] = "standard", [ids[3]] = "unlimited" }, ignoreOrder: true);
    }

    [Fact]
    public async Task Without_names_the_unlimited_ones_are_told()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        await RunAsync(cloud, "t2.micro");
        await RunAsync(cloud, "c5.large");
        var unlimited = await RunAsync(cloud, "t3.micro");

        (await DescribeAsync(cloud, new())).Keys.ShouldBe([unlimited]);
        (await DescribeAsync(cloud, new() { Filters = [new() { Name = "instance-id", Values = [unlimited] }] })).Keys.ShouldBe([unlimited]);
        (await DescribeAsync(cloud, new() { Filters = [new() { Name = "instance-id", Values = ["i-0123456789abcdef0"] }] })).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("c5.large", null, "InvalidParameterValue")]
    [InlineData(null, "i-0123456789abcdef0", "InvalidInstanceID.NotFound")]
    [InlineData(null, "i-x", "InvalidInstanceID.Malformed")]
    public async Task An_instance_without_credits_is_refused(string? type, string? id, string code)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        id ??= await RunAsync(cloud, type!);

        (await Should.ThrowAsync<AwsException>(() => DescribeAsync(cloud, new() { InstanceIds = [id] }))).Code.ShouldBe(code);
    }

    private static async Task<string> RunAsync(ComputeFixture cloud, string type, string? credits = null) => (await cloud.RunAsync(input => input with
    {
        InstanceType = type,
        CreditSpecification = credits is null ? null : new() { CpuCredits = credits },
    })).Instances![0].InstanceId!;

    private static async Task<Dictionary<string, string>> DescribeAsync(ComputeFixture cloud, DescribeInstanceCreditSpecificationsRequest input) =>
        (await cloud.CallAsync(Ec2Api.DescribeInstanceCreditSpecifications, input)).InstanceCreditSpecifications!.ToDictionary(item => item.InstanceId!, item => item.CpuCredits!);
}
