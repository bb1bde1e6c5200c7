using Nines.Client;
using Nines.Control.Admin;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Memory that is kept of guests, as a user has it kept and sees that it was launched from.</summary>
internal static class KeptMemory
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Has a guest of an image kept, and waits until there is one.</summary>
    public static async Task EnableAsync(RealCloud cloud, string imageId)
    {
        await cloud.Aws.RunAsync("ec2", "enable-fast-launch", "--image-id", imageId);
        var deadline = DateTimeOffset.UtcNow.AddMinutes(10);
        string state;
        while ((state = (await cloud.Aws.RunAsync("ec2", "describe-fast-launch-images", "--image-ids", imageId))["FastLaunchImages"]![0]!["State"]!.ToString()) != "enabled")
        {
            state.ShouldBe("enabling");
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("no memory was kept");
            await Task.Delay(1000, Cancellation);
        }
    }

    /// <summary>Which way a server that runs was launched.</summary>
    public static async Task<string> WayOfLaunchAsync(RealCloud cloud, ServerUnderTest server)
    {
        using var client = CloudClient.Connect(cloud.Paths);
        return (await client.Admin.UsageAsync(new UsageRequest([server.Id], Measure: false), Cancellation)).Servers.ShouldHaveSingleItem().Launched;
    }
}
