using System.Collections.Immutable;
using Nines.Host.Replicas;

namespace Nines.Host.Tests.Replicas;

public sealed class ReplicaTests
{
    private const string Id = "vol-0123456789abcdef0";

    [Fact]
    public void A_name_says_all_that_is_known_of_a_file()
    {
        foreach (var file in new[] { new ReplicaFile(Id, 7), new ReplicaFile(Id, 9, 7), new ReplicaFile(Id, 11, IsDraft: true) })
        {
            ReplicaFile.Parse(file.Name).ShouldBe(file);
        }

        new ReplicaFile(Id, 7).Name.ShouldBe($"{Id}.7.copy");
        new ReplicaFile(Id, 9, 7).Name.ShouldBe($"{Id}.7.9.change");
    }

    [Theory]
    [InlineData($"{Id}.qcow2")]
    [InlineData($"{Id}.mirror")]
    [InlineData($"{Id}.blank")]
    [InlineData($"{Id}.x.copy")]
    [InlineData($"{Id}.-1.copy")]
    [InlineData($"{Id}.7.8.copy")]
    [InlineData($"{Id}.7.change")]
    public void Other_names_say_nothing(string name) => ReplicaFile.Parse(name).ShouldBeNull();

    [Theory]
    [InlineData("", null, "")]
    [InlineData("5.next", null, "5.next")]
    [InlineData("5.copy", "5", "")]
    [InlineData("5.copy 5.7.change", "5+7", "")]
    [InlineData("5.copy 3.4.change 4.5.change", "5", "3.4.change 4.5.change")]
    [InlineData("5.copy 7.copy 5.7.change", "7", "5.copy 5.7.change")]
    [InlineData("5.copy 5.7.change 9.copy", "9", "5.copy 5.7.change")]
    [InlineData("5.7.change", null, "5.7.change")]
    [InlineData("5.copy 8.next 5.7.change", "5+7", "8.next")]
    public void The_files_say_which_moment_is_whole(string files, string? expected, string left)
    {
        var (replica, leftovers) = Replica.Of(Parse(files));

        (replica is null ? null : replica.Change is null ? $"{replica.At}" : $"{replica.Copy.At}+{replica.At}").ShouldBe(expected);
        leftovers.ShouldBe(Parse(left), ignoreOrder: true);
    }

    [Fact]
    public void A_copy_is_as_old_as_its_moment_unless_nothing_was_written_since()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        var progress = new ReplicaProgress(now.AddSeconds(-30).ToUnixTimeMilliseconds());

        progress.LagAt(now).ShouldBe(TimeSpan.FromSeconds(30));
        (progress with { CurrentUntil = now.AddSeconds(-4) }).LagAt(now).ShouldBe(TimeSpan.FromSeconds(4));
        (progress with { CurrentUntil = now.AddMilliseconds(-3) }).LagAt(now).ShouldBe(TimeSpan.Zero, "it was just looked at");
        (progress with { CurrentUntil = now.AddSeconds(-40) }).LagAt(now).ShouldBe(TimeSpan.FromSeconds(30));
        ReplicaProgress.Unknown.LagAt(now).ShouldBeNull();
    }

    private static ImmutableArray<ReplicaFile> Parse(string files) =>
        [.. files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => ReplicaFile.Parse($"{Id}.{name}").ShouldNotBeNull())];
}
