namespace Nines.Control.Services.Ec2.Instances;

/// <summary>States of an instance with AWS's codes (EC2 User Guide: Amazon EC2 instance state changes).</summary>
internal enum InstanceState
{
    Pending = 0,
    Running = 16,
    ShuttingDown = 32,
    Terminated = 48,
    Stopping = 64,
    Stopped = 80,
}
