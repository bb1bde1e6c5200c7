using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>device_add</c> of a disk: the guest is told by its hot-plug controller.</summary>
/// <param name="Driver">Which kind of device.</param>
/// <param name="Id">What the device will be called.</param>
/// <param name="Bus">The port that it is plugged into.</param>
/// <param name="Drive">The block node that is its disk.</param>
/// <param name="Serial">What the guest reads as its serial number.</param>
internal sealed record DeviceAdd(string Driver, string Id, string Bus, string Drive, string Serial) : IQmpCommand<QmpNothing>
{
    /// <summary>The processors wait until what failed can be done.</summary>
    public const string Stop = "stop";

    public static string Name => "device_add";

    /// <summary>The guest must flush what has to be durable.</summary>
    public string WriteCache { get; } = "on";

    /// <summary>What the guest's processors do when a write fails: <c>stop</c> to wait until it can be done; absent, only when the machine's disk is full.</summary>
    [JsonPropertyName("werror")]
    public string? OnWriteError { get; init; }

    /// <summary>What they do when a read fails.</summary>
    [JsonPropertyName("rerror")]
    public string? OnReadError { get; init; }
}
