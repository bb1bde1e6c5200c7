using Nines.Api.Ec2;
using Nines.Control.Store;
using Nines.Simulation.Faults;
using Nines.Wire;

namespace Nines.Simulation.Clouds;

/// <summary>A user who does something with own instances every now and then, remembers what was promised, and repeats what was not answered.</summary>
internal sealed class User(World world, string name, Random random)
{
    private static readonly string[] s_types = ["t3.micro", "t2.micro", "c5.xlarge", "m5.large"];
    private readonly List<Promise> _promises = [];
    private readonly Dictionary<string, int> _tokens = [];

    public IReadOnlyList<Promise> Promises => _promises;

    /// <summary>Launches by client token: how many instances each may have made.</summary>
    public IReadOnlyDictionary<string, int> Tokens => _tokens;

    /// <summary>Calls that had an answer, whatever it was.</summary>
    public int Answers { get; private set; }

    public async Task ActAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(8000)), world.Time, CancellationToken.None);
            var known = _promises.Count == 0 ? null : _promises[random.Next(_promises.Count)];
            var act = (random.Next(10), known) switch
            {
                ( < 3, _) or (_, null) => RunAsync($"{name}-{i}"),
                ( < 5, { } promise) => AskAsync(promise, Wish.Stop),
                ( < 7, { } promise) => AskAsync(promise, Wish.Start),
                (7, { } promise) => RebootAsync(promise),
                (8, { } promise) => RetypeAsync(promise),
                (_, { } promise) => AskAsync(promise, Wish.Terminate),
            };
            await act;
        }
    }

    /// <summary>Ends everything that this user has, and asks until it is promised.</summary>
    public async Task TerminateAllAsync()
    {
        foreach (var promise in _promises)
        {
            while (!promise.Terminated)
            {
                await AskAsync(promise, Wish.Terminate);
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time, CancellationToken.None);
            }
        }
    }

    private async Task RunAsync(string token)
    {
        var count = 1 + random.Next(2);
        var input = new RunInstancesRequest
        {
            ImageId = World.ImageId, InstanceType = s_types[random.Next(2)], MinCount = 1, MaxCount = count, ClientToken = token,
            InstanceInitiatedShutdownBehavior = random.Next(4) == 0 ? ShutdownBehavior.Terminate : ShutdownBehavior.Stop,
        };
        _tokens[token] = count;
        // Without an answer the same is asked again under the same token, as clients do.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var answer = await CallAsync(process => process.CallAsync(Ec2Api.RunInstances, input));
            if (answer.Result is { } result)
                _promises.AddRange(result.Instances!.Select(instance => new Promise(instance.InstanceId!) { Last = Wish.Run, InstanceType = instance.InstanceType!.ToString() }));
            if (!answer.InDoubt)
                return;
            await Task.Delay(TimeSpan.FromSeconds(1 + attempt), world.Time, CancellationToken.None);
        }
    }

    private async Task AskAsync(Promise promise, Wish wish)
    {
        string[] ids = [promise.InstanceId];
        var force = random.Next(3) == 0;
        var answer = await CallAsync(async process => wish switch
        {
            Wish.Stop => (object)await process.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = ids, Force = force }),
            Wish.Start => await process.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = ids }),
            _ => await process.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = ids }),
        });
        if (answer.InDoubt)
        {
            promise.InDoubt = true;
        }
        else if (answer.Result is not null)
        {
            promise.Last = wish;
            promise.InDoubt = false;
            promise.Terminated |= wish == Wish.Terminate;
        }
        else if (wish == Wish.Terminate && answer.ErrorCode == "InvalidInstanceID.NotFound")
        {
            // Forgotten already: it ended an hour ago.
            promise.Terminated = true;
        }
    }

    private async Task RebootAsync(Promise promise) =>
        await CallAsync(process => process.CallAsync(Ec2Api.RebootInstances, new RebootInstancesRequest { InstanceIds = [promise.InstanceId] }));

    private async Task RetypeAsync(Promise promise)
    {
        var type = s_types[random.Next(s_types.Length)];
        var answer = await CallAsync(process => process.CallAsync(
            Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = promise.InstanceId, InstanceType = new AttributeValue { Value = type } }));
        if (answer.InDoubt)
        {
            promise.TypeInDoubt = true;
        }
        else if (answer.Result is not null)
        {
            promise.InstanceType = type;
            promise.TypeInDoubt = false;
        }
    }

    private async Task<Answer<TOut>> CallAsync<TOut>(Func<ControlPlane, Task<TOut>> call) where TOut : class
    {
        while (world.Process is null)
            await Task.Delay(TimeSpan.FromMilliseconds(500), world.Time, CancellationToken.None);
        var process = world.Process;
        try
        {
            var result = await call(process);
            Answers++;
            return new Answer<TOut>(result, false, null);
        }
        catch (AwsException e)
        {
            Answers++;
            return new Answer<TOut>(null, false, e.Code);
        }
        catch (StoreFullException)
        {
            // Told to come back later; nothing was done.
            return new Answer<TOut>(null, false, null);
        }
        catch (Exception e) when (e is ProcessDiedException or StoreException or ObjectDisposedException && process.Life.IsOver)
        {
            return new Answer<TOut>(null, true, null);
        }
    }

    private sealed record Answer<TOut>(TOut? Result, bool InDoubt, string? ErrorCode);
}
