using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Store;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;

namespace Nines.Control.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_change_and_its_line_are_one_transaction()
    {
        var before = _cloud.Store.Revision;
        var launched = (await _cloud.RunAsync()).Instances![0];
        await foreach (var batch in _cloud.Store.WatchAsync(before, "/", Cancel))
        {
            // What the cloud writes by itself may come first.
            if (batch.Events.Any(change => change.Key.EndsWith(launched.InstanceId!, StringComparison.Ordinal)))
            {
                batch.Events.Count(change => change.Key.StartsWith(AuditedWrites.Prefix, StringComparison.Ordinal)).ShouldBe(1);
                return;
            }
        }

        Assert.Fail("nothing was written of the instance");
    }

    [Fact]
    public async Task A_line_says_who_called_what_from_where_and_what_changed()
    {
        var launched = (await _cloud.RunAsync()).Instances![0];

        var line = (await LinesAsync()).ShouldHaveSingleItem();

        (line.Action, line.AccountId, line.PrincipalArn, line.AccessKeyId, line.Region).ShouldBe(
            ("ec2:RunInstances", ComputeFixture.Account, $"arn:aws:iam::{ComputeFixture.Account}:root", "AKIA", "us-east-1"));
        (line.SourceAddress, line.UserAgent).ShouldBe(("127.0.0.1", "test/1"));
        Guid.TryParse(line.RequestId, out _).ShouldBeTrue();
        line.Parameters!.ShouldContain($"ImageId = {ComputeFixture.ImageId}");
        line.Resources.ShouldBe([launched.InstanceId, launched.NetworkInterfaces![0].NetworkInterfaceId, _cloud.Cloud.ListAll(Control.Services.Ec2.Volumes.Volume.Table).Single().Id], ignoreOrder: true);
        line.ResourceCount.ShouldBe(3);
    }

    [Fact]
    public async Task What_changes_nothing_leaves_no_line()
    {
        await Should.ThrowAsync<AwsException>(() => _cloud.RunAsync(input => input with { DryRun = true }));
        await Should.ThrowAsync<AwsException>(() => _cloud.RunAsync(input => input with { KeyName = "nobody's" }));
        await _cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest());

        (await LinesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task User_data_never_reaches_a_line_however_it_is_given()
    {
        var secret = Convert.ToBase64String(Encoding.UTF8.GetBytes("#!/bin/sh\nPASSWORD=hush"));
        var id = (await _cloud.RunningAsync(input => input with { UserData = secret })).Id;
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [id] });
        await _cloud.UntilAsync(id, Control.Services.Ec2.Instances.InstanceState.Stopped);
        await _cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = id, Attribute = "userData", Value = Convert.ToBase64String(Encoding.UTF8.GetBytes("#!/bin/sh\nPASSWORD=changed")) });
        await _cloud.CallAsync(
            Ec2Api.ModifyInstanceAttribute,
            new ModifyInstanceAttributeRequest { InstanceId = id, UserData = new BlobAttributeValue { Value = Encoding.UTF8.GetBytes("PASSWORD=other") } });

        var lines = await LinesAsync();
        lines.Count.ShouldBe(4);
        lines.ShouldAllBe(line => !line.Parameters!.Contains(secret.Substring(0, 12), StringComparison.Ordinal) && !line.Parameters.Contains("PASSWORD", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_change_has_a_short_line()
    {
        await _cloud.RunAsync(input => input with { MinCount = 100, MaxCount = 100, UserData = Convert.ToBase64String(new byte[16_000]) });

        var line = (await LinesAsync()).ShouldHaveSingleItem();

        line.Resources.Length.ShouldBe(AuditedWrites.MaxResources);
        line.ResourceCount.ShouldBe(300);
        line.Parameters!.Length.ShouldBeLessThan(1100);
    }

    [Fact]
    public async Task The_oldest_lines_go_when_there_are_too_many_also_after_a_restart()
    {
        await using (var log = NewLog(maxLines: 10, batch: 5))
        {
            await TagAsync(0, 40);
            await CountIsAsync(count => count <= 15);
        }

        await TagAsync(40, 20);
        (await LinesAsync()).Count.ShouldBeGreaterThan(20);
        await using var again = NewLog(maxLines: 10, batch: 5);
        await CountIsAsync(count => count <= 15);
        (await again.ReadNewestAsync(3, Cancel)).Select(line => line.Parameters).ShouldBe(["57", "58", "59"]);
    }

    private AuditLog NewLog(int maxLines = AuditLog.DefaultMaxLines, int batch = 256) => new(_cloud.Store, TimeProvider.System, NullLogger<AuditLog>.Instance, maxLines, batch);

    private async Task<IReadOnlyList<AuditLine>> LinesAsync()
    {
        await using var log = NewLog();
        return await log.ReadNewestAsync(1000, Cancel);
    }

    private Task CountIsAsync(Func<int, bool> until) => Poll.UntilAsync(
        () => until(_cloud.Store.ReadAsync(AuditedWrites.Prefix, null, 1000, Cancel).AsTask().GetAwaiter().GetResult().Entries.Count), "the lines are trimmed", Cancel);

    private async Task TagAsync(int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            var call = ComputeFixture.NewCall("ec2:Test", input: new Number(number));
            await _cloud.Cloud.WriteAsync(call, transaction => transaction.Put(Control.Services.Ec2.KeyPairs.KeyPairName.Table, new(ComputeFixture.Account, $"name-{number}", "key-1")), Cancel);
        }
    }

    /// <summary>Parameters that are a number.</summary>
    private sealed record Number(int Value) : Wire.Schemas.IShape
    {
        public Wire.Schemas.Schema GetSchema() => throw new NotSupportedException();

        public void WriteMembers(Wire.Schemas.ShapeWriter writer) => throw new NotSupportedException();

        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }
}
