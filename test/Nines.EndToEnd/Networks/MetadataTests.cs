using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Nines.Host.Api;

namespace Nines.EndToEnd.Networks;

/// <summary>The metadata service as a guest reaches it.</summary>
[Trait("Needs", "root")]
public sealed class MetadataTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_guest_is_told_about_itself()
    {
        await using var cloud = new TestNetworks();
        foreach (var number in new[] { 1, 2 })
        {
            var guest = await cloud.AddGuestAsync(number);
            using var http = guest.Http();
            (await http.GetStringAsync("/latest/meta-data/instance-id", Cancellation)).ShouldBe(guest.Adapter.VmId);
            (await http.GetStringAsync("/latest/meta-data/local-ipv4", Cancellation)).ShouldBe(guest.Address);
        }
    }

    [Fact]
    public async Task A_session_token_opens_the_service_where_one_is_required_and_survives_a_restart()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1);
        Change(cloud, guest, metadata => metadata with { TokensRequired = true });
        await cloud.ApplyAsync();
        using var http = guest.Http();
        (await http.GetAsync("/latest/meta-data/instance-id", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var token = await TokenAsync(http);
        (await ReadAsync(http, token)).ShouldBe(guest.Adapter.VmId);
        await cloud.RestartAsync();
        await cloud.ApplyAsync();
        using var again = guest.Http();
        (await ReadAsync(again, token)).ShouldBe(guest.Adapter.VmId);
    }

    [Fact]
    public async Task The_answer_to_a_token_request_does_not_pass_a_router_inside_the_guest_unless_it_may()
    {
        await using var cloud = new TestNetworks();
        var guest = await cloud.AddGuestAsync(1);
        await using var container = await guest.AddContainerAsync(Cancellation);
        using var http = container.Http();
        (await http.GetStringAsync("/latest/meta-data/instance-id", Cancellation)).ShouldBe(guest.Adapter.VmId, "the hop limit is of token answers only");
        await Should.ThrowAsync<TaskCanceledException>(() => TokenAsync(http));
        Change(cloud, guest, metadata => metadata with { HopLimit = 2 });
        await cloud.ApplyAsync();
        using var farther = container.Http();
        (await ReadAsync(farther, await TokenAsync(farther))).ShouldBe(guest.Adapter.VmId);
    }

    [Fact]
    public async Task A_guest_that_opens_connections_without_end_shuts_nobody_else_off()
    {
        const int Many = 4_200; // more than the server takes in all
        await using var cloud = new TestNetworks();
        var (greedy, other) = (await cloud.AddGuestAsync(1), await cloud.AddGuestAsync(2));
        var service = new IPEndPoint(IPAddress.Parse("169.254.169.254"), 80);
        var open = new List<Socket>();
        try
        {
            for (var number = 0; number < Many; number++)
            {
                open.Add(greedy.Open());
                try
                {
                    await open[^1].ConnectAsync(service, Cancellation);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
                {
                    // Ended by the other side before this one saw it begin.
                }
            }

            using var http = other.Http();
            (await http.GetStringAsync("/latest/meta-data/instance-id", Cancellation)).ShouldBe(other.Adapter.VmId);
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        using var again = greedy.Http();
        string? told = null;
        for (var elapsed = Stopwatch.StartNew(); told is null && elapsed.Elapsed < TimeSpan.FromSeconds(10);)
        {
            try
            {
                told = await again.GetStringAsync("/latest/meta-data/instance-id", Cancellation);
            }
            catch (HttpRequestException)
            {
                // The server has not seen all of them end yet.
            }
        }

        told.ShouldBe(greedy.Adapter.VmId);
    }

    [Fact]
    public async Task It_answers_although_no_group_lets_anything_out()
    {
        await using var cloud = new TestNetworks();
        cloud.Vpc = cloud.Vpc with { SecurityGroups = cloud.Vpc.SecurityGroups.SetItem(TestNetworks.GroupId, new() { Id = TestNetworks.GroupId }) };
        var guest = await cloud.AddGuestAsync(1);
        using var http = guest.Http();
        (await http.GetStringAsync("/latest/meta-data/instance-id", Cancellation)).ShouldBe(guest.Adapter.VmId);
    }

    private static void Change(TestNetworks cloud, Guest guest, Func<InstanceMetadata, InstanceMetadata> change)
    {
        var vm = cloud.State.Vms[guest.Adapter.VmId];
        cloud.State = cloud.State with { Vms = cloud.State.Vms.SetItem(vm.Id, vm with { Metadata = change(vm.Metadata) }) };
    }

    private static async Task<string> TokenAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/latest/api/token");
        request.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
        using var response = await http.SendAsync(request, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<string> ReadAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/latest/meta-data/instance-id");
        request.Headers.Add("X-aws-ec2-metadata-token", token);
        using var response = await http.SendAsync(request, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }
}
