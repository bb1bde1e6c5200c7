using Nines.Control.Services.Ec2.Reachability;

namespace Nines.EndToEnd.Networks;

/// <summary>What <c>nines reach</c> says is what packets do: random networks, each with every packet that its adapters can send each other.</summary>
[Trait("Needs", "root")]
public sealed class ReachabilityTests(ITestOutputHelper output)
{
    private static readonly int[] s_ports = [80, 81];

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    [InlineData(11)]
    public async Task The_verdict_is_what_packets_do(int? seed)
    {
        var chosen = seed ?? Random.Shared.Next();
        output.WriteLine($"seed {chosen}");
        await using var cloud = new TestNetworks();
        await using var networks = await RandomNetworks.CreateAsync(new Random(chosen), cloud.Pool);
        cloud.State = networks.State;
        await cloud.ApplyAsync();
        var guests = new List<Guest>();
        var listeners = new List<Listener>();
        foreach (var (adapter, index) in networks.Adapters.Select((adapter, index) => (adapter, index)))
        {
            var guest = await cloud.PlugAsync(index + 1, adapter.VpcId, networks.State.Vpcs[adapter.VpcId].Interfaces[adapter.Id]);
            await guest.ConfigureAsync(adapter.PrivateIpAddress[..adapter.PrivateIpAddress.LastIndexOf('.')] + ".1", TestContext.Current.CancellationToken);
            guests.Add(guest);
            listeners.AddRange(s_ports.Select(port => guest.Listen(port)));
        }

        try
        {
            var questions = Questions(networks, guests, cloud.Pool).ToList();
            var wrong = (await Task.WhenAll(questions.Select(question => CompareAsync(networks, question)))).OfType<string>().ToList();
            output.WriteLine($"{questions.Count(question => Follow(networks, question).IsReachable)} of {questions.Count} arrive");
            wrong.ShouldBeEmpty($"seed {chosen}");
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }

    private static IEnumerable<Question> Questions(RandomNetworks networks, List<Guest> guests, string pool)
    {
        foreach (var (receiver, index) in networks.Adapters.Select((adapter, index) => (adapter, index)))
        {
            var address = receiver.Addresses.First();
            foreach (var port in s_ports)
            {
                for (var sender = 0; sender < guests.Count; sender++)
                {
                    var guest = guests[sender];
                    var from = ReachEndpoint.Of(networks.Adapters[sender], networks.Adapters[sender].Addresses.First(), byPublicAddress: false);
                    if (sender != index)
                    {
                        yield return new(from, ReachEndpoint.Of(receiver, address, byPublicAddress: false), port, () => guest.ConnectAsync(address.PrivateIpAddress, port));
                        if (address.PublicIpAddress is { } reached)
                        {
                            yield return new(from, ReachEndpoint.Of(receiver, address, byPublicAddress: true), port, () => guest.ConnectAsync(reached, port));
                        }
                    }
                }

                if (address.PublicIpAddress is { } open)
                {
                    yield return new(ReachEndpoint.Outside(pool + "1"), ReachEndpoint.Of(receiver, address, byPublicAddress: true), port, () => Client.FromMachineAsync(open, port));
                }
            }
        }
    }

    private static async Task<string?> CompareAsync(RandomNetworks networks, Question question)
    {
        var verdict = Follow(networks, question);
        var arrived = await question.Connect() is not null;
        return arrived == verdict.IsReachable
            ? null
            : $"{question.From.Address} to {(question.To.IsByPublicAddress ? question.To.PublicAddress : question.To.Address)}:{question.Port} {(arrived ? "arrived" : "did not arrive")}, though: "
                + string.Join("; ", verdict.Steps.Select(step => $"{step.ResourceId} {step.Text}"));
    }

    private static ReachVerdict Follow(RandomNetworks networks, Question question) =>
        new ReachEngine(networks.Cloud).Follow(question.From, question.To, new ReachTraffic("tcp", question.Port));

    private sealed record Question(ReachEndpoint From, ReachEndpoint To, int Port, Func<Task<string?>> Connect);
}
