using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Platforms by EC2's names for them (EC2 User Guide: AMI billing information fields).</summary>
internal static class Platforms
{
    /// <summary>The name of the one platform that has one, or <see langword="null"/>.</summary>
    public static string? Value(this GuestPlatform platform) => platform is GuestPlatform.Windows ? "windows" : null;

    /// <summary>What bills call it.</summary>
    public static string Details(this GuestPlatform platform) => platform is GuestPlatform.Windows ? "Windows" : "Linux/UNIX";

    /// <summary>The operation that bills say.</summary>
    public static string UsageOperation(this GuestPlatform platform) => platform is GuestPlatform.Windows ? "RunInstances:0002" : "RunInstances";
}
