namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What happens to an instance whose guest shuts itself down.</summary>
internal enum ShutdownBehavior
{
    Stop,
    Terminate,
}
